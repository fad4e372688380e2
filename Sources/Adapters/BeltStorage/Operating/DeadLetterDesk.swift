package import Postgres
private import StrictJSON
package import Belt

/// Failures for people: recorded once, shown, and sent back to their stage.
package struct DeadLetterDesk: Sendable {
  let pool: PostgresPool

  package init(pool: PostgresPool) { self.pool = pool }

  /// Records what was parked.
  ///
  /// Idempotent by the message's id: one that is open already stays as it is, and one whose message
  /// was handled meanwhile is left out. One that was retried and failed again is opened again, with
  /// its attempts added, also when that retry is still being written down. A copy of an earlier round,
  /// from before somebody sent it again or discarded it, changes nothing. Returns how many were
  /// recorded or opened again.
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
    return try await pool.run(Self.recording(parked)).affected
  }

  /// The statement of ``record(_:)``; no message stands twice in it.
  package static func recording(_ parked: [(message: Message, reason: Reason)]) -> SQL {
    let messages = parked.map(\.message)
    return """
      insert into dead_letter (integration_id, id, stage, type, journey_id, code, sentence,
        fingerprint, attempts, first_at, last_at, body, envelope, round)
      select i, m, s, t, j, c, w, f, a, now(), now(), b, e::jsonb, r
      from unnest(\(messages.map(\.integration))::text[], \(messages.map(\.id))::uuid[],
        \(messages.map(\.stage))::text[], \(messages.map(\.type))::text[],
        \(messages.map(\.journey))::uuid[], \(parked.map(\.reason.code))::text[],
        \(parked.map(\.reason.sentence))::text[],
        \(parked.map { DeadLetter.fingerprint($0.message, $0.reason) })::text[],
        \(messages.map(\.attempt))::int[], \(messages.map(\.body))::bytea[],
        \(messages.map(\.envelope.text))::text[], \(messages.map(\.round))::int[])
        as k (i, m, s, t, j, c, w, f, a, b, e, r)
      where not exists (select from receipt r where r.integration_id = k.i and r.message_id = k.m)
      on conflict (integration_id, id) do update set
        state = 'open', settled_at = null, last_at = now(), code = excluded.code,
        sentence = excluded.sentence, fingerprint = excluded.fingerprint,
        attempts = dead_letter.attempts + excluded.attempts,
        claim = null, claimed_at = null, discard_reason = null, round = excluded.round
      where excluded.round >= dead_letter.round
        and (dead_letter.state <> 'open' or dead_letter.claim is not null)
      """
  }

  /// Settles the open ones whose message was handled after all.
  ///
  /// So it is when a process died between the record and the parking, and the redelivery went well.
  /// Returns how many there were.
  @discardableResult
  package func settleHandled() async throws -> Int {
    try await pool.run(
      """
      update dead_letter set state = 'retried', settled_at = now(), claim = null, claimed_at = null
      where state = 'open' and \(Self.isHandled)
      """
    ).affected
  }

  /// What follows from those of the messages that were handled, as far as nobody has handled it.
  ///
  /// A process that dies after its commit leaves the publishing to the next delivery; where the broker
  /// parked the message instead, as one delivered too often, whoever takes it from there must do it.
  package func pendingFollows(of messages: [Message]) async throws -> [Message] {
    try await pool.run(
      """
      select f.message
      from unnest(\(messages.map(\.integration))::text[], \(messages.map(\.id))::uuid[]) as k (i, m)
      join receipt r on r.integration_id = k.i and r.message_id = k.m
      cross join lateral jsonb_array_elements(r.follows::jsonb) as f (message)
      where not exists (select from receipt g where g.integration_id = k.i
          and g.message_id = (f.message ->> 'id')::uuid)
        and not exists (select from dead_letter d where d.integration_id = k.i
          and d.id = (f.message ->> 'id')::uuid)
      """
    ).map { row in
      guard let message = Message(stored: try row.json(0)) else {
        throw PostgresError.decoding(column: "follows", expected: "a stored message")
      }
      return message
    }
  }

  /// Those of a state that a filter means, newest first, at most so many.
  package func list(
    _ filter: DeadLetterFilter = DeadLetterFilter(),
    state: DeadLetter.State = .open,
    limit: Int = 1000
  ) async throws -> [DeadLetter] {
    try await pool.run(
      """
      select \(Self.columns) from dead_letter
      where \(Self.state) = \(state.rawValue) and \(filter.condition)
      order by last_at desc, id limit \(limit)
      """
    ).map { try DeadLetter($0) }
  }

  /// The open ones, newest first, at most so many; no integration means all.
  package func open(in integration: String? = nil, limit: Int = 1000) async throws -> [DeadLetter] {
    try await list(DeadLetterFilter(integration: integration), limit: limit)
  }

  /// The open ones that a filter means, by cause, the largest group first.
  package func groups(_ filter: DeadLetterFilter = DeadLetterFilter()) async throws
    -> [DeadLetterGroup]
  {
    try await pool.run(
      """
      select fingerprint, min(stage), min(code), count(*), \(Self.text(of: "min(first_at)")),
        \(Self.text(of: "max(last_at)")), (array_agg(sentence order by last_at desc, id))[1],
        array_agg(distinct integration_id order by integration_id)
      from dead_letter where \(Self.isOpen) and \(filter.condition)
      group by fingerprint order by count(*) desc, fingerprint
      """
    ).map { row in
      DeadLetterGroup(
        fingerprint: try row.string(0),
        stage: try row.string(1),
        code: try row.string(2),
        count: try row.int(3),
        firstAt: try row.string(4),
        lastAt: try row.string(5),
        sentence: try row.string(6),
        integrations: try row.strings(7)
      )
    }
  }

  /// Those with these ids, whatever their state; no integration means all.
  package func find(_ ids: [Identifier], in integration: String? = nil) async throws -> [DeadLetter]
  {
    try await pool.run(
      """
      select \(Self.columns) from dead_letter
      where id = any(\(ids)::uuid[]) and integration_id = coalesce(\(integration), integration_id)
      order by last_at desc, id
      """
    ).map { try DeadLetter($0) }
  }

  /// Those of some journeys, oldest first.
  package func find(journeys: [Identifier], in integration: String) async throws -> [DeadLetter] {
    try await pool.run(
      """
      select \(Self.columns) from dead_letter
      where integration_id = \(integration) and journey_id = any(\(journeys)::uuid[])
      order by first_at, id
      """
    ).map { try DeadLetter($0) }
  }

  static let columns: SQL = """
    integration_id, id, stage, type, journey_id, code, sentence, attempts, body, envelope, \(state),
    \(text(of: "first_at")), \(text(of: "last_at")), encode(sha256(body), 'hex'),
    \(text(of: "edited_at")), discard_reason, round
    """

  /// Whether the message of a row of `dead_letter` has been handled.
  static let isHandled: SQL = """
    exists (select from receipt where receipt.integration_id = dead_letter.integration_id
      and receipt.message_id = dead_letter.id)
    """

  /// Whether a row of `dead_letter` waits for a person; not when its message was handled after all.
  static let isOpen: SQL = "(dead_letter.state = 'open' and not \(isHandled))"

  private static let state: SQL = """
    case when dead_letter.state = 'open' and \(isHandled) then 'retried'
      else dead_letter.state end
    """

  private static func text(of time: SQL) -> SQL {
    "to_char(\(time) at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
  }
}
