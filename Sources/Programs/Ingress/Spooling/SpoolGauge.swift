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

  private let kept = Mutex(State())

  var state: State { kept.withLock { $0 } }

  var metadata: Logger.Metadata {
    let state = self.state
    return ["bodies": "\(state.bodies)", "bytes": "\(state.bytes)"]
  }

  func show(bodies: Int, bytes: Int, oldestArrivedAt: Int64?) {
    kept.withLock { state in
      state.bodies = bodies
      state.bytes = bytes
      state.oldestArrivedAt = bodies > 0 ? oldestArrivedAt : nil
    }
  }

  /// What failed may go well now: something was stored, or there is more room.
  func recovered() { kept.withLock { $0.failure = nil } }

  /// True when it is another failure than the last.
  func failed(_ error: SpoolError) -> Bool {
    kept.withLock { state in
      defer { state.failure = error }
      return state.failure != error
    }
  }
}
