import Belt
import Synchronization

/// What a process remembers of one account; nothing of it may not be forgotten.
package final class DataCRMMemory: Sendable {
  private struct State {
    var account: (known: DataCRMAccount, until: ContinuousClock.Instant)?
    var unsettled: [Identifier: ContinuousClock.Instant] = [:]
  }

  /// How long the forms of the account are believed: a list that lost an option takes it for so long.
  static let staleness = Duration.seconds(60)
  /// Unsettled creates that are remembered; of more, those that end first are forgotten.
  static let unsettledMax = 10_000

  private let state = Mutex(State())

  package init() {}

  var account: DataCRMAccount? {
    state.withLock { state in
      guard let account = state.account, account.until > .now else { return nil }
      return account.known
    }
  }

  func keep(_ account: DataCRMAccount) {
    state.withLock { $0.account = (account, .now + Self.staleness) }
  }

  /// Something was refused that the forms allow: they are asked for anew.
  func forgetAccount() { state.withLock { $0.account = nil } }

  /// A record's create had no answer: it may still be carried out until then.
  func unsettle(_ id: Identifier, for time: Duration) {
    state.withLock { state in
      let now = ContinuousClock.now
      if state.unsettled.count >= Self.unsettledMax {
        state.unsettled = state.unsettled.filter { $0.value > now }
      }
      if state.unsettled.count >= Self.unsettledMax,
        let first = state.unsettled.min(by: { $0.value < $1.value })
      {
        state.unsettled[first.key] = nil
      }
      state.unsettled[id] = now + time
    }
  }

  /// How long it is still to be waited for; nil when it is settled.
  func unsettled(_ id: Identifier) -> Duration? {
    state.withLock { state in
      guard let until = state.unsettled[id], until > .now else { return nil }
      return until - .now
    }
  }
}
