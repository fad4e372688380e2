package import Postgres
private import StrictJSON
package import Workers

/// Failures for people: recorded once, shown, and sent back to their stage.
package struct DeadLetterDesk: Sendable {
  private let pool: PostgresPool

  package init(pool: PostgresPool) { self.pool = pool }

  /// Records what was parked.
  ///
  /// Idempotent by the message's id: one that is open already stays as it is, and one whose message
  /// was handled meanwhile is left out. One that was retried and failed again is opened again, with
  /// its attempts added. Returns how many were recorded or opened again.
  @discardableResult
  package func record(_ parked: [(message: Message, reason: Reason)]) async throws(PostgresError)
    -> Int
  {
    // One statement cannot write a row twice.
    var seen: Set<String> = []
    let parked = parked.filter {
      seen.insert("\($0.message.integration)|\($0.message.id)").inserted
    }
    guard !parked.isEmpty else { return 0 }
    let messages = parked.map(\.message)
    let rows = try await pool.run(
      """
      insert into dead_letter (integration_id, id, stage, type, journey_id, code, sentence,
        fingerprint, attempts, first_at, last_at, body, envelope)
      select i, m, s, t, j, c, w, f, a, now(), now(), b, e::jsonb
      from unnest(\(messages.map(\.integration))::text[], \(messages.map(\.id))::uuid[],
        \(messages.map(\.stage))::text[], \(messages.map(\.type))::text[],
        \(messages.map(\.journey))::uuid[], \(parked.map(\.reason.code))::text[],
        \(parked.map(\.reason.sentence))::text[],
        \(parked.map { DeadLetter.fingerprint($0.message, $0.reason) })::text[],
        \(messages.map(\.attempt))::int[], \(messages.map(\.body))::bytea[],
        \(messages.map(\.envelope.text))::text[]) as k (i, m, s, t, j, c, w, f, a, b, e)
      where not exists (select from receipt r where r.integration_id = k.i and r.message_id = k.m)
      on conflict (integration_id, id) do update set
        state = 'open', settled_at = null, last_at = now(), code = excluded.code,
        sentence = excluded.sentence, fingerprint = excluded.fingerprint,
        attempts = dead_letter.attempts + excluded.attempts
      where dead_letter.state <> 'open'
      """
    )
    return rows.affected
  }

  /// The open ones, newest first, at most so many; no integration means all.
  package func open(in integration: String? = nil, limit: Int = 1000) async throws -> [DeadLetter] {
    try await pool.run(
      Self.columns
        + """
        where state = 'open' and integration_id = coalesce(\(integration), integration_id)
        order by last_at desc, id limit \(limit)
        """
    ).map { try DeadLetter($0) }
  }

  /// Those with these ids, whatever their state; no integration means all.
  package func find(_ ids: [Identifier], in integration: String? = nil) async throws -> [DeadLetter]
  {
    try await pool.run(
      Self.columns
        + """
        where id = any(\(ids)::uuid[]) and integration_id = coalesce(\(integration), integration_id)
        order by last_at desc, id
        """
    ).map { try DeadLetter($0) }
  }

  /// Those of some journeys, oldest first.
  package func find(journeys: [Identifier], in integration: String) async throws -> [DeadLetter] {
    try await pool.run(
      Self.columns
        + """
        where integration_id = \(integration) and journey_id = any(\(journeys)::uuid[])
        order by first_at, id
        """
    ).map { try DeadLetter($0) }
  }

  /// Sends open ones back to their stages as if for the first time, then marks them.
  ///
  /// Harmless when done twice, or broken off in between: a stage handles an id once. The closure must
  /// return only when all are stored durably; when it throws, all stay open.
  ///
  /// Returns how many were sent; those that are not open are left alone.
  package func retry(
    _ letters: [DeadLetter],
    actor: String,
    publish: @Sendable ([Outgoing]) async throws -> Void
  ) async throws -> Int {
    let letters = letters.filter { $0.state == .open }
    guard !letters.isEmpty else { return 0 }
    try await publish(letters.map { Outgoing($0.message.fresh) })
    let integrations = letters.map(\.message.integration)
    let detail: JSON = ["ids": .array(letters.map { .string("\($0.message.id)") })]
    try await pool.run([
      """
      update dead_letter d set state = 'retried', settled_at = now()
      from unnest(\(integrations)::text[], \(letters.map(\.message.id))::uuid[]) as k (i, m)
      where d.integration_id = k.i and d.id = k.m and d.state = 'open'
      """,
      """
      insert into audit (actor, integration_id, action, detail)
      select \(actor), i, 'dead_letters.retried', \(detail.text)::jsonb
      from unnest(\(Array(Set(integrations)))::text[]) as k (i)
      """,
    ])
    return letters.count
  }

  private static let columns: SQL = """
    select integration_id, id, stage, type, journey_id, code, sentence, attempts, body, envelope,
      state, to_char(first_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
      to_char(last_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
    from dead_letter\u{20}
    """
}

extension DeadLetter {
  fileprivate init(_ row: Row) throws {
    let envelope = try row.json(9)
    guard let state = State(rawValue: try row.string(10)) else {
      throw PostgresError.decoding(column: "state", expected: "a state of a dead letter")
    }
    var notes: [String: String] = [:]
    for member in envelope["notes"]?.members ?? [] { notes[member.key] = member.value.string }
    self.init(
      message: Message(
        id: try row.identifier(1),
        type: try row.string(3),
        stage: try row.string(2),
        integration: try row.string(0),
        journey: try row.identifier(4),
        body: try row.bytes(8),
        attempt: envelope["attempt"]?.int ?? 1,
        deferrals: envelope["deferrals"]?.int ?? 0,
        arrivedAt: Int64(envelope["arrived_at"]?.int ?? 0),
        cause: envelope["cause"]?.string,
        notes: notes
      ),
      reason: Reason(try row.string(5), try row.string(6)),
      attempts: try row.int(7),
      firstAt: try row.string(11),
      lastAt: try row.string(12),
      state: state
    )
  }
}

extension Message {
  /// What is not a column of its own.
  fileprivate var envelope: JSON {
    var kept = JSON.Members()
    for (key, value) in notes.sorted(by: { $0.key < $1.key }) { kept[key] = .string(value) }
    return [
      "attempt": .number(attempt), "deferrals": .number(deferrals),
      "arrived_at": .number(String(arrivedAt)), "cause": .optional(cause), "notes": .object(kept),
    ]
  }

  /// The same message before its first attempt.
  fileprivate var fresh: Message {
    var copy = self
    copy.attempt = 1
    copy.deferrals = 0
    copy.cause = nil
    return copy
  }
}
