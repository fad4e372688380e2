package import Leads
package import Postgres
package import Belt

/// The starts of redelivered messages of one stage, in PostgreSQL: they outlive the process.
package struct PressureSuspects: SuspectBook {
  private let pool: PostgresPool
  private let stage: String

  package init(of stage: Flow, pool: PostgresPool) {
    self.pool = pool
    self.stage = stage.stage
  }

  package func begin(_ messages: [Message]) async throws -> Set<Identifier> {
    let rows = try await pool.run(
      """
      insert into suspect as s (integration_id, message_id, stage, starts)
      select distinct i, m, \(stage), 1
      from unnest(\(messages.map(\.integration))::text[], \(messages.map(\.id))::uuid[]) as k (i, m)
      order by i, m
      on conflict (integration_id, message_id, stage) do update
      set starts = 1, last_start = now() where s.last_start <= now() - interval '1 day'
      returning message_id
      """
    )
    var known = Set(messages.map(\.id))
    for row in rows { known.remove(try row.identifier(0)) }
    return known
  }

  package func mayBegin(_ message: Message) async throws -> Bool {
    // Rows of those that ended, but whose end could not be written, are forgotten after a day.
    let row = try await pool.run(
      """
      insert into suspect as s (integration_id, message_id, stage, starts)
      values (\(message.integration), \(message.id), \(stage), 1)
      on conflict (integration_id, message_id, stage) do update
      set starts =
          case when s.last_start > now() - interval '1 day' then s.starts + 1 else 1 end,
        last_start = now()
      returning starts
      """
    )
    // The first start was that of an ordinary delivery, which is not written down.
    guard try row[0].int(0) >= Self.startsMax else { return true }
    // A dead letter at once: the lead's next event need not wait for somebody to look.
    try await DeadLetterRecorder(pool: pool).record([(message, .poison)])
    return false
  }

  package func ended(_ message: Message) async throws { try await ended([message]) }

  package func ended(_ messages: [Message]) async throws {
    _ = try await pool.run(
      """
      delete from suspect s
      using unnest(\(messages.map(\.integration))::text[], \(messages.map(\.id))::uuid[]) as k (i, m)
      where s.integration_id = k.i and s.message_id = k.m and s.stage = \(stage)
      """
    )
  }
}
