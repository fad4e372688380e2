import Logging
import Synchronization

/// What a spool holds, for everybody to see.
final class SpoolGauge: Sendable {
  struct State: Sendable, Equatable {
    var bodies = 0
    /// On the disk.
    var bytes = 0
    /// Of the oldest body, in milliseconds since 1970; nil when there is none.
    var oldestArrivedAt: Int64?
    /// Why the last attempt to store failed; nil when the next may go well.
    var failure: SpoolError?
  }

  private struct Kept {
    var state = State()
    var failedAt = ContinuousClock.now
    /// Told when there is no body any more.
    var waiting: [SpoolReceipt] = []

    func state(at now: ContinuousClock.Instant) -> State {
      var state = state
      if now - failedAt > SpoolGauge.failureLife { state.failure = nil }
      return state
    }
  }

  /// After that a failure says nothing of the next attempt: who is told that nothing can be stored
  /// sends nothing more, and then nothing would ever show that there is room again.
  static let failureLife: Duration = .seconds(10)

  private let kept = Mutex(Kept())

  var state: State { state(at: .now) }

  func state(at now: ContinuousClock.Instant) -> State { kept.withLock { $0.state(at: now) } }

  var metadata: Logger.Metadata {
    let state = self.state
    return ["bodies": "\(state.bodies)", "bytes": "\(state.bytes)"]
  }

  func show(bodies: Int, bytes: Int, oldestArrivedAt: Int64?) {
    let told = kept.withLock { kept in
      kept.state.bodies = bodies
      kept.state.bytes = bytes
      kept.state.oldestArrivedAt = bodies > 0 ? oldestArrivedAt : nil
      guard bodies == 0 else { return [SpoolReceipt]() }
      defer { kept.waiting = [] }
      return kept.waiting
    }
    for one in told { one.settle(.success(())) }
  }

  /// Waits until there is no body; false when there still was one at the deadline.
  func isEmpty(by deadline: ContinuousClock.Instant) async -> Bool {
    let receipt = SpoolReceipt()
    let isEmpty = kept.withLock { kept in
      if kept.state.bodies > 0 { kept.waiting.append(receipt) }
      return kept.state.bodies == 0
    }
    if isEmpty { return true }
    guard case .success = await receipt.answer(by: deadline) else {
      kept.withLock { kept in kept.waiting.removeAll { $0 === receipt } }
      return false
    }
    return true
  }

  /// What failed may go well now: something was stored, or there is more room.
  func recovered() { kept.withLock { $0.state.failure = nil } }

  /// True when it is another failure than the last.
  func failed(_ error: SpoolError, at now: ContinuousClock.Instant = .now) -> Bool {
    kept.withLock { kept in
      defer {
        kept.state.failure = error
        kept.failedAt = now
      }
      return kept.state(at: now).failure != error
    }
  }
}
