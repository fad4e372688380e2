package import Leads
package import Postgres
import StrictJSON
package import Belt

/// The fleet's shared state: one transaction a batch, receipts with the effects.
package struct LeadDatabase: Sendable {
  package let pool: PostgresPool
  private let settings: SettingsCache

  package init(pool: PostgresPool, settings: SettingsCache = SettingsCache()) {
    self.pool = pool
    self.settings = settings
  }

  /// Load → decide → commit for a stage that does nothing outside the database.
  ///
  /// `loading`: statements that need nothing but the messages; they share the first round trip.
  /// `work`: loads the rest, decides, and returns what to write. It may run several times, and must
  /// have no effect of its own.
  /// Answers with one outcome a message, all committed. A message with a receipt ends as it did before,
  ///   with the same follow-ups.
  /// Throws ``PostgresError``; nothing is committed then, or the receipts show that it was.
  package func settle(
    _ stage: Flow,
    _ batch: [Message],
    loading: [SQL] = [],
    _ work: @Sendable (isolated PostgresConnection, Unit) throws -> StageWork<Never>
  ) async throws -> [Outcome] {
    let result = try await plan(stage, batch, loading: loading, work)
    return batch.answers(from: result.outcomes)
  }

  /// The first half for a stage that acts outside: loads, decides, and writes the intents.
  ///
  /// - Returns: The outcomes of what is settled already, and what is still to be done outside.
  package func plan<Plan>(
    _ stage: Flow,
    _ batch: [Message],
    loading: [SQL] = [],
    _ work: @Sendable (isolated PostgresConnection, Unit) throws -> StageWork<Plan>
  ) async throws -> (outcomes: [Identifier: Outcome], planned: [(message: Message, plan: Plan)]) {
    var races = 0
    while true {
      do {
        let result = try await pool.transaction { connection in
          try attempt(stage, batch, loading, work, on: connection)
        }
        if !result.planned.isEmpty { Failpoint.hit(.planned) }
        return result
      } catch let error as PostgresError where error.isUniqueViolation && races < 3 {
        // Somebody else wrote the same meanwhile; loading again shows it.
        races += 1
      }
    }
  }

  /// The second half: writes what became of the outside, with the receipts.
  package func record(_ stage: Flow, _ settled: [Settled], writes: [SQL]) async throws {
    let statements = writes + Receipts.writing(settled, at: stage)
    guard !statements.isEmpty else { return }
    Failpoint.hit(.beforeCommit)
    _ = try await pool.run(statements)
  }

  private func attempt<Plan>(
    _ stage: Flow,
    _ batch: [Message],
    _ loading: [SQL],
    _ work: @Sendable (isolated PostgresConnection, Unit) throws -> StageWork<Plan>,
    on connection: isolated PostgresConnection
  ) throws -> (outcomes: [Identifier: Outcome], planned: [(message: Message, plan: Plan)]) {
    let load = Admission.load(batch, at: stage)
    let first = try connection.run(load.statements + loading)
    let admission = try load.read(Array(first.prefix(load.statements.count)))
    let settings = try self.settings.settings(of: admission.versions, on: connection)
    let verdict = admission.verdict(on: batch, at: stage, settings)
    var outcomes = verdict.outcomes
    var notes = verdict.notes
    let fresh = verdict.admitted.map { batch[$0.place] }
    guard !fresh.isEmpty else {
      if !notes.isEmpty { _ = try connection.commit(Receipts.journey(notes, at: stage)) }
      return (outcomes, [])
    }
    let unit = Unit(
      fresh: fresh,
      settings: settings,
      rows: Array(first.dropFirst(load.statements.count))
    )
    let made = try work(connection, unit)
    notes += made.notes.map { ($0.message.integration, $0.entry) }
    let statements =
      made.writes + Receipts.journey(notes, at: stage) + Receipts.writing(made.settled, at: stage)
    Failpoint.hit(.beforeCommit)
    if !statements.isEmpty { _ = try connection.commit(statements) }
    for settled in made.settled { outcomes[settled.message.id] = settled.outcome }
    return (outcomes, made.planned)
  }
}
