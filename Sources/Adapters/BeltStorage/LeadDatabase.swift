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
    let integrations = Array(Set(batch.map(\.integration)))
    let first = try connection.run(
      [
        Receipts.reading(batch),
        """
        select i.id, i.state, i.config_version, c.dead_since is not null and c.retry_at > now(),
          c.dead_since is not null
        from integration i
        left join credential c on c.integration_id = i.id and c.system = 'rd'
        where i.id = any(\(integrations)::text[])
        """,
        Turns.reading(stage == .leadImporter ? [] : batch, at: stage),
      ] + loading
    )
    var outcomes = try Receipts.outcomes(in: first[0])
    var versions: [(integration: String, version: Int)] = []
    var holds = LoginHolds()
    for row in first[1] where try row.string(1) == "active" {
      versions.append((try row.string(0), try row.int(2)))
      guard try row.bool(4), stage.callsRDStation else { continue }
      holds.hold(try row.string(0), isRefused: try row.bool(3))
    }
    let settings = try self.settings.settings(of: versions, on: connection)
    let standings = Saboteur.turnsOff.isOn ? [:] : try Turns.standings(in: first[2])
    var fresh: [Message] = []
    var notes: [(integration: String, entry: JourneyEntry)] = []
    var seen: Set<Identifier> = []
    for message in batch where outcomes[message.id] == nil && seen.insert(message.id).inserted {
      if let stored = settings[message.integration] {
        if let hold = holds.hold(of: message) {
          outcomes[message.id] = .snooze(message.waitForLogin, hold)
          if hold.isNews(to: message) {
            notes.append((message.integration, JourneyEntry(message.journey, hold)))
          }
          continue
        }
        let standing = standings[message.id]
        let waitsForPerson =
          standing?.passesOpen == true && stored.settings.afterDeadLetter == .wait
        if standing?.isBlocked == true || waitsForPerson {
          outcomes[message.id] = .snooze(.seconds(5), .earlierEventFirst)
          continue
        }
        if standing?.passesDead == true, message.isNewInTurn {
          let note = JourneyEntry(message.journey, .earlierEventDead, isSaidOnce: true)
          notes.append((message.integration, note))
        }
        fresh.append(message)
      } else {
        outcomes[message.id] = .reject(
          Reason(
            "integration_unknown",
            "There is no active integration \(message.integration); apply its settings, then retry."
          )
        )
      }
    }
    guard !fresh.isEmpty else {
      if !notes.isEmpty { _ = try connection.commit(Receipts.journey(notes, at: stage)) }
      return (outcomes, [])
    }
    let unit = Unit(fresh: fresh, settings: settings, rows: Array(first.dropFirst(3)))
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
