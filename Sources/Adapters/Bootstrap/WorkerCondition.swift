package import BeltStorage
package import Observability
package import Belt

/// Everything by which a worker is ready or not, at one moment.
package struct WorkerCondition: Sendable {
  /// The queue that is consumed.
  package var queue: String
  package var isConsuming = true
  package var isPublishing = true
  /// The broker lacks memory or disk.
  package var isBlocked = false
  /// A sentence for each queue or exchange that does not take what follows.
  package var refused: [String] = []
  package var database = DatabaseWatch.View()
  /// What all work in hand waits for before it goes on; nil when it goes on.
  package var waitsFor: Reason?
  /// Deliveries in hand, and how long none of them has ended.
  package var held = 0
  package var standstill = Duration.zero

  package init(queue: String) { self.queue = queue }

  /// Without a known cause a batch may take as long as its outside calls.
  package static let patience = Duration.seconds(30)
  /// A lock that is held for so long is in the way.
  package static let patienceForLock = Duration.seconds(4)

  /// True while work stands still for something that a restart would not bring back.
  package var isExcused: Bool {
    waitsFor != nil || database.lock != nil || !database.isAnswering
  }

  package var checks: [ReadinessCheck] { [broker, queues, databaseCheck, work] }

  private var broker: ReadinessCheck {
    let waits = waitsFor.flatMap { $0.isOfDatabase ? nil : $0.sentence }
    let detail =
      if isBlocked {
        "RabbitMQ lacks memory or disk and takes no messages."
      } else if !isConsuming || !isPublishing {
        "Not connected to \(queue); is RabbitMQ up, and was `esteira topology apply` run?"
      } else {
        waits ?? ""
      }
    return ReadinessCheck(
      "broker",
      isReady: isConsuming && isPublishing && !isBlocked && waits == nil,
      detail: detail
    )
  }

  private var queues: ReadinessCheck {
    ReadinessCheck(
      "queues",
      isReady: refused.isEmpty,
      detail: "\(refused.joined(separator: " ")) What must go there waits; the rest goes on."
    )
  }

  private var databaseCheck: ReadinessCheck {
    let waits = waitsFor.flatMap { $0.isOfDatabase ? $0.sentence : nil }
    let detail =
      waits ?? database.fault ?? "PostgreSQL has not answered for \(database.silence.inSeconds) s."
    return ReadinessCheck("database", isReady: database.isAnswering && waits == nil, detail: detail)
  }

  private var work: ReadinessCheck {
    let limit = database.lock == nil ? Self.patience : Self.patienceForLock
    let cause =
      database.lock ?? waitsFor?.sentence
      ?? (database.isAnswering ? "an answer from outside, or slow statements" : "the database")
    return ReadinessCheck(
      "work",
      isReady: held == 0 || standstill < limit,
      detail:
        "\(held) messages are in hand and none has ended for \(standstill.inSeconds) s; they wait for: \(cause)."
    )
  }
}

extension Reason {
  fileprivate var isOfDatabase: Bool { code.hasPrefix("database_") || code.hasPrefix("embedded_") }
}

extension Duration {
  fileprivate var inSeconds: Int64 { components.seconds }
}
