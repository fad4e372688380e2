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
  /// As many as a batch can hold: one that hangs takes nobody else's turn.
  private static var integrationsAtOnce: Int { 64 }

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

  /// An error that is one message's own is its outcome, so that its end is recorded like any other; of
  /// an error that several met, those that have outcomes know nothing.
  package func handle(_ batch: [Message]) async throws -> [Outcome] {
    var outcomes: [Identifier: Outcome] = [:]
    var failure: (any Error)?
    do {
      try await inTurn(read(batch, &outcomes), &outcomes)
    } catch {
      failure = error
    }
    let left = batch.filter { outcomes[$0.id] == nil }
    if let error = failure, left.count == 1, let outcome = Outcome(thrown: error, of: left[0]) {
      outcomes[left[0].id] = outcome
    } else if failure == nil {
      // A message that a stage forgot is a fault of the program: it is tried again, then parked.
      for message in left { outcomes[message.id] = .retry(.notSettled) }
    }
    var parked: [(message: Message, reason: Reason)] = []
    for message in batch {
      guard let outcome = outcomes[message.id] else { continue }
      if let reason = policy.givesUp(message, after: outcome) { parked.append((message, reason)) }
    }
    try await deadLetters.record(parked)
    let answers = batch.compactMap { outcomes[$0.id] }
    guard let failure, answers.count < batch.count else { return answers }
    throw answers.isEmpty ? failure : PartFailure(outcomes: outcomes, failure: failure)
  }

  private func read(_ batch: [Message], _ outcomes: inout [Identifier: Outcome]) -> [Taken] {
    batch.compactMap { message in
      do throws(MessageFault) {
        return Taken(message, try S.Input(reading: message))
      } catch {
        outcomes[message.id] = error.outcome(of: message)
        return nil
      }
    }
  }

  /// On an error, what has no outcome has met it.
  private func inTurn(_ taken: [Taken], _ outcomes: inout [Identifier: Outcome]) async throws {
    let end = ContinuousClock.now + Self.length
    var waiting = taken
    while !waiting.isEmpty {
      var again: [Identifier: Taken] = [:]
      var hasSeen = false
      for portion in stage.portions(waiting) {
        let passed = try await pass(portion, before: end, &outcomes)
        hasSeen = hasSeen || !passed.seen.isEmpty
        for taken in passed.early + passed.seen { again[taken.message.id] = taken }
      }
      let isOver = ContinuousClock.now >= end || again.count == waiting.count
      waiting = waiting.compactMap { again[$0.message.id] }
      // What another process has is not here to wait for; what was seen would be seen in vain.
      if isOver, !hasSeen { break }
    }
    for item in waiting {
      outcomes[item.message.id] = .snooze(item.message.waitBeforeAnotherLook, .earlierEventFirst)
    }
  }

  /// Gives those whose turn has not come, and those that are to be decided anew by what was seen.
  private func pass(
    _ taken: [Taken],
    before end: ContinuousClock.Instant,
    _ outcomes: inout [Identifier: Outcome]
  ) async throws -> (early: [Taken], seen: [Taken]) {
    let start = ContinuousClock.now
    do {
      let made = try await commit(taken)
      let early = made.outcomes.filter(\.value.waitsForItsTurn)
      outcomes.merge(made.outcomes.filter { early[$0.key] == nil }) { _, last in last }
      async let looks = look(made, before: end)
      try await act(made.planned, since: start, &outcomes)
      let looked = await looks
      var seen: [Taken] = []
      for message in made.asked.map(\.message) {
        switch looked[message.id] {
        case .input(let input)?: seen.append(Taken(message, input))
        case .ended(let outcome)?: outcomes[message.id] = outcome
        case nil: break
        }
      }
      return (taken.filter { early[$0.message.id] != nil }, seen)
    } catch let failure as any Failure where taken.count == 1 && failure.isOfTheWork {
      let message = taken[0].message
      guard let division = stage.division(of: taken[0]) else { throw failure }
      outcomes[message.id] = try await inParts(message, division, after: failure)
      return ([], [])
    }
  }

  /// Asks outside, the integrations beside each other; what has not answered by `end` waits.
  private func look(_ made: Committed, before end: ContinuousClock.Instant) async
    -> [Identifier: Seen<S.Input>]
  {
    guard let known = made.known else { return [:] }
    let seen = await sideBySide(
      Dictionary(grouping: made.asked, by: \.integration),
      atOnce: Self.integrationsAtOnce
    ) { [stage] _, items in
      let seen = await inTime(before: end) { await stage.look(items, known) }
      if let seen { return seen }
      return Dictionary(
        uniqueKeysWithValues: items.map(\.message).map {
          ($0.id, Seen<S.Input>.ended(.snooze($0.waitBeforeAnotherLook, .lookTooSlow)))
        }
      )
    }
    return seen.reduce(into: [:]) { $0.merge($1) { one, _ in one } }
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
    var asked: [Item<S.Input>] = []
    /// What the decisions knew in the end; nil where there were none.
    var known: S.Known?
    /// Those whose outcome is that of their receipt.
    var handled: Set<Identifier> = []
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
    var made = Committed(handled: Set(admission.receipts.keys))
    if !items.isEmpty {
      var known = try stage.load(items, having: found).read(on: connection)
      for item in items { work.add(stage.decide(item, &known), of: item) }
      work.writes = stage.writes(work.changes, known)
      made.known = known
    }
    let statements = work.statements(withReceipts: withReceipts)
    if !statements.isEmpty { _ = try connection.commit(statements) }
    (made.outcomes, made.planned, made.asked) = (work.outcomes, work.planned, work.asked)
    return made
  }
}

extension Reason {
  fileprivate static let notSettled = Reason(
    "not_settled",
    "The stage gave no answer for this message."
  )
  fileprivate static let lookTooSlow = Reason(
    "look_too_slow",
    "What the other side shows could not be read in time; it is looked at again."
  )
}
