package import Leads
private import StrictJSON
package import Belt

/// Every exchange, queue, binding and policy of the fleet on its broker.
///
/// Everything in a queue's arguments is written in its name or never changes; everything that an
/// operator may tune is a policy. So no redeclaration can conflict with an older one.
package struct Topology: Sendable, Hashable {
  package var exchanges: [DeclaredExchange]
  package var queues: [DeclaredQueue]
  package var bindings: [DeclaredBinding]
  package var policies: [DeclaredPolicy]

  package static let workExchange = "esteira.work"
  package static let parkingExchange = "esteira.parking"
  package static let unroutableExchange = "esteira.unroutable"
  /// Holds what was given up, until the console records it for a person.
  package static let parkedQueue = "esteira.q.parked"
  /// Holds what no binding took; empty unless the topology has drifted.
  package static let unroutableQueue = "esteira.q.unroutable"
  package static let prefix = "esteira."
  package static let policyPrefix = "esteira-"

  package static func queue(of stage: Flow) -> String { "esteira.q.\(stage.stage)" }

  package static func retryExchange(_ tier: DelayTier) -> String {
    "esteira.retry.\(tier.rawValue)"
  }

  package static func retryQueue(of stage: Flow, _ tier: DelayTier) -> String {
    "\(queue(of: stage)).retry.\(tier.rawValue)"
  }

  /// The topology of all stages of ``Flow``.
  package static let fleet = Topology(stages: Flow.allCases)

  package init(stages: [Flow]) {
    exchanges = [DeclaredExchange(name: Self.workExchange, kind: "topic")]
    queues = []
    bindings = []
    for tier in DelayTier.allCases {
      exchanges.append(DeclaredExchange(name: Self.retryExchange(tier), kind: "topic"))
    }
    exchanges.append(DeclaredExchange(name: Self.parkingExchange, kind: "topic"))
    exchanges.append(DeclaredExchange(name: Self.unroutableExchange, kind: "fanout"))
    policies = Self.shippedPolicies
    for stage in stages {
      add(Self.queue(of: stage), on: Self.workExchange, key: "\(stage.stage).#")
      for tier in DelayTier.allCases {
        add(
          Self.retryQueue(of: stage, tier),
          on: Self.retryExchange(tier),
          key: "\(stage.stage).#",
          arguments: Self.delay(tier)
        )
      }
    }
    add(Self.parkedQueue, on: Self.parkingExchange, key: "#")
    add(Self.unroutableQueue, on: Self.unroutableExchange, key: "")
  }

  private mutating func add(
    _ queue: String,
    on exchange: String,
    key: String,
    arguments: [String: JSON] = [:]
  ) {
    let all = arguments.merging(["x-queue-type": "quorum"]) { argument, _ in argument }
    queues.append(DeclaredQueue(name: queue, arguments: all))
    bindings.append(DeclaredBinding(exchange: exchange, queue: queue, routingKey: key))
  }

  /// A message keeps its routing key when it expires, and so returns to the stage it came from.
  private static func delay(_ tier: DelayTier) -> [String: JSON] {
    [
      "x-message-ttl": .number(Int(tier.duration.components.seconds) * 1000),
      "x-dead-letter-exchange": .string(workExchange),
      "x-dead-letter-strategy": "at-least-once",
      // Without it the broker falls back to dead-lettering at most once.
      "x-overflow": "reject-publish",
    ]
  }
}
