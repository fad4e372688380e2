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
        // The net under a message that kills its process; ordinary failures are counted by us.
        "delivery-limit": 10,
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
