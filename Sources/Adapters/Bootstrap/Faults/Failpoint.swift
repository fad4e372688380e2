private import Synchronization

/// A named place at which a debug build can be made to die, to prove that dying there loses nothing.
///
/// The chaos harness arms one place in one process; release builds hold none of this.
package enum Failpoint: String, CaseIterable, Sendable {
  /// Deliveries are in hand and nothing is done.
  case received
  /// The intents are committed and nothing is done outside.
  case planned
  case beforeCommit = "before-commit"
  /// Everything is committed and nothing that follows is published.
  case committed
  /// What follows is on its way to the broker.
  case publishing
  /// The broker has what follows and the delivery is not acknowledged.
  case confirmed
  /// A request is on its way to the CRM or to RD Station.
  case requestSent = "request-sent"
  /// The CRM or RD Station has answered and the answer is not committed.
  case answered

  /// Whether what follows takes time, in the middle of which the process should die.
  package var isOnTheWay: Bool { self == .publishing || self == .requestSent }

  #if DEBUG
    private static let action = Mutex<(@Sendable (Failpoint) -> Void)?>(nil)

    /// Sets what happens at every place, once, at the start of a process.
    package static func arm(_ act: @escaping @Sendable (Failpoint) -> Void) {
      action.withLock { $0 = act }
    }
  #endif

  package static func hit(_ point: Failpoint) {
    #if DEBUG
      action.withLock { $0 }?(point)
    #endif
  }
}
