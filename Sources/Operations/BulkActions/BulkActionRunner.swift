import BeltStorage
import Postgres
import Belt

/// Works on an action until it is done, paused or cancelled.
///
/// Several may run at once, and any may be killed: an item is settled once, in one transaction with its
/// dead letter, and what a dead runner had in hand is taken up when its lease is over. A message that
/// was published and not written down is published again, which is harmless.
struct BulkActionRunner: Sendable {
  private let actions: BulkActions
  private let deadLetters: DeadLetters
  private let publish: @Sendable ([Outgoing]) async throws -> Void

  /// The closure must return only when all are stored durably.
  init(actions: BulkActions, publish: @escaping @Sendable ([Outgoing]) async throws -> Void) {
    self.actions = actions
    self.publish = publish
    deadLetters = DeadLetters(pool: actions.pool)
  }

  /// Runs one that is in the state running; returns it as it then is.
  ///
  /// - Returns: Done, paused or cancelled.
  /// - Throws: What publishing throws, and `PostgresError`; what was in hand waits again, and the
  ///   action stays running, so that another run goes on with it.
  func run(
    _ action: BulkAction,
    progress: (BulkAction) -> Void = { _ in }
  ) async throws -> BulkAction {
    var generator = SystemRandomNumberGenerator()
    let runner = Identifier.random(using: &generator)
    while true {
      switch try await actions.claim(action.id, for: runner) {
      case .ended: return try await actions.action(action.id) ?? action
      case .wait(let duration): try await ContinuousClock().sleep(for: duration)
      case .items(let items):
        do {
          try await settle(items, of: action, by: runner)
        } catch {
          try await actions.release(action.id, from: runner)
          throw error
        }
        if let now = try await actions.action(action.id) { progress(now) }
      }
    }
  }

  private func settle(
    _ items: [DeadLetter.Key],
    of action: BulkAction,
    by runner: Identifier
  ) async throws {
    switch action.kind {
    case .retry:
      _ = try await deadLetters.retry(items, publish: publish) { sent in
        [BulkActions.settling(items, done: sent, of: action.id, by: runner)]
      }
    case .discard:
      try await actions.pool.transaction { connection in
        let discarded = try DeadLetters.keys(
          in: connection.run(DeadLetters.discarding(items, reason: action.reason))
        )
        _ = try connection.commit([
          BulkActions.settling(items, done: discarded, of: action.id, by: runner)
        ])
      }
    }
  }
}
