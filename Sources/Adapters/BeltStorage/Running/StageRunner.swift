import Leads
package import Postgres
package import Belt

/// Runs a stage: the handler of its worker.
///
/// A batch is read, then handled in one transaction: load, decide, commit. Events of one lead that lie in
/// one batch are handled one after the other; one whose turn has not come because another process has the
/// earlier one waits, and counts no attempt. What is rejected, or fails for the last time, is a dead
/// letter in the database before the broker parks it, so that the lead's next event need not wait for
/// somebody to look.
package struct StageRunner<S: Stage>: Handler {
  typealias Taken = BeltStorage.Taken<S.Input>
  typealias Planned = BeltStorage.Planned<S.Input, S.Plan>

  /// No turn of a batch begins later after its start: it must end before its worker counts as stuck.
  private static var length: Duration { .seconds(20) }

  package let policy: RetryPolicy
  let stage: S
  let pool: PostgresPool
  private let settings: SettingsCache
  private let deadLetters: DeadLetterRecorder
  /// Between two attempts to write results that are known.
  let pause: Pause

  package init(
    _ stage: S,
    pool: PostgresPool,
    policy: RetryPolicy = RetryPolicy(),
    pause: Pause = .real
  ) {
    self.stage = stage
    self.pool = pool
    self.policy = policy
    self.pause = pause
    settings = SettingsCache()
    deadLetters = DeadLetterRecorder(pool: pool)
  }

  package func handle(_ batch: [Message]) async throws -> [Outcome] {
    let outcomes = try await outcomes(of: batch)
    // A message that a stage forgot is a fault of the program: it is tried again, then parked.
    let answers = batch.map { outcomes[$0.id] ?? .retry(.notSettled) }
    try await deadLetters.record(
      zip(batch, answers).compactMap { message, outcome in
        policy.givesUp(message, after: outcome).map { (message, $0) }
      }
    )
    return answers
  }

  /// An error that is one message's own is its outcome, so that its end is recorded like any other;
  /// a batch that fails as a whole comes again one by one.
  private func outcomes(of batch: [Message]) async throws -> [Identifier: Outcome] {
    var refused: [Identifier: Outcome] = [:]
    var taken: [Taken] = []
    for message in batch {
      do throws(MessageFault) {
        taken.append(Taken(message, try S.Input(reading: message)))
      } catch {
        refused[message.id] = error.outcome(of: message)
      }
    }
    do {
      return try await inTurn(taken).merging(refused) { handled, _ in handled }
    } catch {
      guard batch.count == 1, let outcome = Outcome(thrown: error, of: batch[0]) else {
        throw error
      }
      return [batch[0].id: outcome]
    }
  }

  private func inTurn(_ taken: [Taken]) async throws -> [Identifier: Outcome] {
    let end = ContinuousClock.now + Self.length
    var outcomes: [Identifier: Outcome] = [:]
    var waiting = taken
    repeat {
      let tried = waiting
      for portion in stage.portions(tried) {
        outcomes.merge(try await pass(portion)) { _, last in last }
      }
      waiting = tried.filter { outcomes[$0.message.id]?.waitsForItsTurn == true }
      // What another process has is not here to wait for.
      guard waiting.count < tried.count else { break }
    } while !waiting.isEmpty && ContinuousClock.now < end
    for item in waiting {
      outcomes[item.message.id] = .snooze(item.message.waitBeforeAnotherLook, .earlierEventFirst)
    }
    return outcomes
  }

  private func pass(_ taken: [Taken]) async throws -> [Identifier: Outcome] {
    let start = ContinuousClock.now
    do {
      let made = try await commit(try await looked(taken))
      return try await act(made.planned, since: start)
        .merging(made.outcomes) { acted, _ in acted }
    } catch let failure as any Failure where taken.count == 1 && failure.isOfTheWork {
      guard let division = stage.division(of: taken[0]) else { throw failure }
      return [
        taken[0].message.id: try await inParts(taken[0].message, division, after: failure)
      ]
    }
  }

  /// Asks outside for what has no receipt yet.
  private func looked(_ taken: [Taken]) async throws -> [Taken] {
    guard S.looksOutside else { return taken }
    let receipts = try await receipts(of: taken.map(\.message))
    let new = try await stage.look(taken.filter { receipts[$0.message.id] == nil })
    return taken.filter { receipts[$0.message.id] != nil } + new
  }

  /// How those of the messages ended that have been handled.
  func receipts(of messages: [Message]) async throws -> [Identifier: Outcome] {
    let load = Receipts.load(messages)
    return try load.read(await pool.run(load.statements))
  }

  /// What one transaction brought.
  struct Committed: Sendable {
    var outcomes: [Identifier: Outcome] = [:]
    var planned: [Planned] = []
  }

  /// Load → decide → commit.
  ///
  /// It may run several times, and has no effect but the last commit.
  ///
  /// `withReceipts`: false for a part of a message, whose receipt comes with its last part.
  func commit(_ taken: [Taken], withReceipts: Bool = true) async throws -> Committed {
    var races = 0
    while true {
      do {
        return try await pool.transaction { connection in
          try commit(taken, withReceipts, on: connection)
        }
      } catch let error as PostgresError where error.isUniqueViolation && races < 3 {
        // Somebody else wrote the same meanwhile; loading again shows it.
        races += 1
      }
    }
  }

  private func commit(
    _ taken: [Taken],
    _ withReceipts: Bool,
    on connection: isolated PostgresConnection
  ) throws -> Committed {
    let messages = taken.map(\.message)
    let (admission, found) = try Load(
      Admission.load(messages, at: S.flow),
      stage.load(taken)
    ) { ($0, $1) }.read(on: connection)
    let verdict = admission.verdict(
      on: messages,
      at: S.flow,
      try settings.settings(of: admission.versions, on: connection)
    )
    let items = verdict.admitted.map { place, stored in
      Item(taken: taken[place], settings: stored.settings, version: stored.version)
    }
    var work = RunnerWork<S>(verdict)
    if !items.isEmpty {
      var known = try stage.load(items, having: found).read(on: connection)
      for item in items { work.add(stage.decide(item, &known), of: item) }
      work.writes = stage.writes(work.changes, known).inLockOrder
    }
    let statements = work.statements(withReceipts: withReceipts)
    if !statements.isEmpty { _ = try connection.commit(statements) }
    return Committed(outcomes: work.outcomes, planned: work.planned)
  }
}

extension Reason {
  fileprivate static let notSettled = Reason(
    "not_settled",
    "The stage gave no answer for this message."
  )
}
