private import Metrics
private import Synchronization

/// What a worker shows of itself: whether it can work, how much it holds, how its deliveries ended.
///
/// | metric | kind | labels | says |
/// | --- | --- | --- | --- |
/// | `deliveries_total` | counter | queue, outcome | throughput and failure share |
/// | `delivery_age_seconds` | recorder | queue | from the webhook's arrival to settlement |
/// | `deliveries_in_flight` | gauge | queue | taken and not settled |
/// | `deliveries_set_aside` | gauge | queue | done, but one queue does not take what follows |
/// | `deliveries_waiting` | gauge | queue | here until an earlier event of their lead is through |
/// | `batch_size` | recorder | queue | deliveries handled together |
package final class WorkerProgress: Sendable {
  private let inHand = Atomic<Int>(0)
  private let settledCount = Atomic<Int>(0)
  private let answerCount = Atomic<Int>(0)
  private let waiting = Mutex<Reason?>(nil)
  private let movedAt = Mutex(ContinuousClock.now)
  private let now: @Sendable () -> Int64
  private let outcomes: [String: Counter]
  private let age: Recorder
  private let inFlight: Gauge
  private let aside: Gauge
  private let waitingForTurn: Gauge
  private let refusals = Mutex<[String]>([])
  private let batchSize: Recorder

  /// `now`: the time in milliseconds since 1970.
  package init(stage: String, now: @escaping @Sendable () -> Int64) {
    self.now = now
    outcomes = Dictionary(
      uniqueKeysWithValues: ["done", "snooze", "retry", "reject"].map {
        ($0, Counter(label: "deliveries_total", dimensions: [("queue", stage), ("outcome", $0)]))
      }
    )
    age = Recorder(label: "delivery_age_seconds", dimensions: [("queue", stage)])
    inFlight = Gauge(label: "deliveries_in_flight", dimensions: [("queue", stage)])
    aside = Gauge(label: "deliveries_set_aside", dimensions: [("queue", stage)])
    waitingForTurn = Gauge(label: "deliveries_waiting", dimensions: [("queue", stage)])
    batchSize = Recorder(label: "batch_size", dimensions: [("queue", stage)])
  }

  /// Deliveries that left the hand since the start: settled, or waiting for their turn.
  package var settled: Int { settledCount.load(ordering: .relaxed) }
  /// How often the handler came back, with whatever: a batch that is taken apart settles late and is
  /// alive all the same.
  package var answers: Int { answerCount.load(ordering: .relaxed) }
  /// Deliveries taken and not yet settled.
  package var held: Int { inHand.load(ordering: .relaxed) }
  /// False while the worker waits for the database or the broker.
  package var hasFooting: Bool { waitsFor == nil }
  /// What the worker waits for; nil while it has its footing.
  package var waitsFor: Reason? { waiting.withLock { $0 } }
  /// How long something is in hand and none of it has ended.
  package var standstill: Duration {
    held == 0 ? .zero : .now - movedAt.withLock { $0 }
  }

  /// Why deliveries are set aside, a sentence for each queue or exchange that takes nothing; empty while
  /// none are.
  package var refused: [String] { refusals.withLock { $0 } }

  func setAside(_ count: Int, for sentences: [String]) {
    aside.record(count)
    let sentences = Set(sentences).sorted()
    refusals.withLock { $0 = sentences }
  }

  func began(_ count: Int) {
    let held = inHand.add(count, ordering: .relaxed).newValue
    if held == count { moved() }
    inFlight.record(held)
  }

  func ended(_ count: Int) {
    inFlight.record(inHand.subtract(count, ordering: .relaxed).newValue)
    settledCount.add(count, ordering: .relaxed)
    waiting.withLock { $0 = nil }
    moved()
  }

  func waitsForTurn(_ count: Int) { waitingForTurn.record(count) }

  /// A delivery has ended, though perhaps not its batch.
  func moved() { movedAt.withLock { $0 = .now } }

  /// Nil when nothing is waited for any more.
  func waits(for reason: Reason?) { waiting.withLock { $0 = reason } }

  func settled(_ message: Message, _ outcome: Outcome) {
    outcomes[outcome.name]?.increment()
    if message.arrivedAt > 0 { age.record(Double(now() - message.arrivedAt) / 1000) }
  }
}

extension WorkerProgress: Middleware {
  package func handle(_ batch: [Message], next: any Handler) async throws -> [Outcome] {
    batchSize.record(batch.count)
    defer { answerCount.add(1, ordering: .relaxed) }
    return try await next.handle(batch)
  }
}
