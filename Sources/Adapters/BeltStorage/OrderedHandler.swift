package import Belt

/// A stage's handler that keeps the order of each lead's events, and records what it gives up.
///
/// Events of one lead that lie in one batch are handled one after the other; one whose turn has not come
/// because another process has the earlier one waits, and counts no attempt. What is rejected, or fails
/// for the last time, is a dead letter in the database before the broker parks it, so that the lead's
/// next event need not wait for somebody to look.
package struct OrderedHandler: Handler {
  /// No turn of a batch begins later after its start.
  private static let length = Duration.seconds(20)

  private let handler: any Handler
  private let deadLetters: DeadLetterRecorder
  package let policy: RetryPolicy

  package init(
    _ handler: any Handler,
    database: LeadDatabase,
    policy: RetryPolicy = RetryPolicy()
  ) {
    self.handler = handler
    deadLetters = DeadLetterRecorder(pool: database.pool)
    self.policy = policy
  }

  package func handle(_ batch: [Message]) async throws -> [Outcome] {
    let outcomes = try await outcomes(of: batch)
    try await deadLetters.record(
      zip(batch, outcomes).compactMap { message, outcome in
        policy.givesUp(message, after: outcome).map { (message, $0) }
      }
    )
    return outcomes
  }

  /// An error that is one message's own is its outcome, so that its end is recorded like any other;
  /// a batch that fails as a whole comes again one by one.
  private func outcomes(of batch: [Message]) async throws -> [Outcome] {
    do {
      return try await inTurn(batch)
    } catch {
      guard batch.count == 1, let outcome = Outcome(thrown: error, of: batch[0]) else {
        throw error
      }
      return [outcome]
    }
  }

  private func inTurn(_ batch: [Message]) async throws -> [Outcome] {
    var outcomes = try await handler.handle(batch)
    var waiting = Self.waiting(outcomes)
    // A batch that takes its turns at a slow API must end before its worker counts as stuck.
    let end = ContinuousClock.now + Self.length
    while !waiting.isEmpty, ContinuousClock.now < end {
      let again = try await handler.handle(waiting.map { batch[$0] })
      for (place, outcome) in zip(waiting, again) { outcomes[place] = outcome }
      let left = Self.waiting(outcomes)
      guard left.count < waiting.count else { break }
      waiting = left
    }
    for place in Self.waiting(outcomes) {
      outcomes[place] = .snooze(batch[place].waitBeforeAnotherLook, .earlierEventFirst)
    }
    return outcomes
  }

  private static func waiting(_ outcomes: [Outcome]) -> [Int] {
    outcomes.indices.filter { outcomes[$0].waitsForItsTurn }
  }
}
