private import StrictJSON

extension Topology {
  /// What an operator may tune.
  ///
  /// The pattern for stages also matches the two landing queues, so `esteira-landing` ranks higher:
  /// else the parked queue would dead-letter to itself.
  static let shippedPolicies = [
    DeclaredPolicy(
      name: "esteira-work",
      pattern: #"^esteira\.q\.[a-z-]+(\.p\d+)?$"#,
      appliesTo: "queues",
      priority: 10,
      definition: [
        // The net under a message that kills its process before that can be written down; ordinary
        // failures and deaths are counted by us, message by message. Each crash counts for all that the
        // process held, and a crash loop must not park them all before somebody looks.
        "delivery-limit": 50,
        "dead-letter-exchange": .string(parkingExchange),
        "dead-letter-strategy": "at-least-once",
        "overflow": "reject-publish",
        "max-length": 1_000_000,
      ]
    ),
    DeclaredPolicy(
      name: "esteira-tier",
      pattern: #"^esteira\.q\.[a-z-]+\.retry\."#,
      appliesTo: "queues",
      priority: 10,
      definition: ["max-length": 500_000]
    ),
    DeclaredPolicy(
      name: "esteira-landing",
      pattern: #"^esteira\.q\.(parked|unroutable)$"#,
      appliesTo: "queues",
      priority: 20,
      definition: [
        // These queues have no dead-letter exchange: a message over the limit would be deleted. The
        // broker's own "unlimited", -1, is refused by 3.10.
        "delivery-limit": 1_000_000,
        "max-length": 1_000_000,
        "overflow": "reject-publish",
      ]
    ),
    DeclaredPolicy(
      name: "esteira-ae",
      pattern: #"^esteira\.(work|retry\..*)$"#,
      appliesTo: "exchanges",
      priority: 10,
      definition: ["alternate-exchange": .string(unroutableExchange)]
    ),
  ]
}
