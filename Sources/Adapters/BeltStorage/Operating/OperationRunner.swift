import Postgres
package import Belt

/// Works on an operation until it is done, paused or cancelled.
///
/// Several may run at once, and any may be killed: an item is settled once, in one transaction with its
/// dead letter, and what a dead runner had in hand is taken up when its lease is over. A message that
/// was published and not written down is published again, which is harmless.
package struct OperationRunner: Sendable {
  private let store: OperationStore
  private let desk: DeadLetterDesk
  private let publish: @Sendable ([Outgoing]) async throws -> Void

  /// The closure must return only when all are stored durably.
  package init(
    store: OperationStore,
    publish: @escaping @Sendable ([Outgoing]) async throws -> Void
  ) {
    self.store = store
    self.publish = publish
    desk = DeadLetterDesk(pool: store.pool)
  }

  /// Runs one that is in the state running; returns it as it then is.
  ///
  /// - Parameters:
  ///   - operation: As it was read.
  ///   - progress: Is called after each batch.
  /// - Returns: Done, paused or cancelled.
  /// - Throws: What publishing throws, and `PostgresError`; what was in hand waits again, and the
  ///   operation stays running, so that another run goes on with it.
  package func run(
    _ operation: Operation,
    progress: (Operation) -> Void = { _ in }
  ) async throws -> Operation {
    var generator = SystemRandomNumberGenerator()
    let runner = Identifier.random(using: &generator)
    while true {
      switch try await store.claim(operation.id, for: runner) {
      case .ended: return try await store.operation(operation.id) ?? operation
      case .wait(let duration): try await ContinuousClock().sleep(for: duration)
      case .items(let items):
        do {
          try await settle(items, of: operation, by: runner)
        } catch {
          try await store.release(operation.id, from: runner)
          throw error
        }
        if let now = try await store.operation(operation.id) { progress(now) }
      }
    }
  }

  private func settle(
    _ items: [DeadLetter.Key],
    of operation: Operation,
    by runner: Identifier
  ) async throws {
    switch operation.kind {
    case .retry:
      _ = try await desk.retry(items, publish: publish) { sent in
        [OperationStore.settling(items, done: sent, of: operation.id, by: runner)]
      }
    case .discard:
      try await store.pool.transaction { connection in
        let discarded = try DeadLetterDesk.keys(
          in: connection.run(DeadLetterDesk.discarding(items, reason: operation.reason))
        )
        _ = try connection.commit([
          OperationStore.settling(items, done: discarded, of: operation.id, by: runner)
        ])
      }
    }
  }
}
