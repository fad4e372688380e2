package import Postgres
private import StrictJSON
package import Workers

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
    let messages = parked.map(\.message)
    let rows = try await pool.run(
      """
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
    )
    return rows.affected
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
      where state = 'open' and exists (select from receipt r
        where r.integration_id = dead_letter.integration_id and r.message_id = dead_letter.id)
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

// MARK: Settling

extension DeadLetterDesk {
  /// Sends open ones back to their stages as if for the first time, then marks them.
  ///
  /// Harmless when done twice, or broken off in between: a stage handles an id once. The closure must
  /// return only when all are stored durably; when it throws, all stay open.
  ///
  /// `notThere`: somebody has looked, and RD Station does not have what could not be found out; so
  ///   it is told anew. Without that word such a call is never made again.
  ///
  /// Returns how many were sent; those that are not open are left alone.
  package func retry(
    _ letters: [DeadLetter],
    notThere: Bool = false,
    actor: String,
    publish: @Sendable ([Outgoing]) async throws -> Void
  ) async throws -> Int {
    try await retry(letters.map(\.key), notThere: notThere, publish: publish) { sent in
      let reason = notThere ? "not at RD Station" : nil
      return [Self.audit(sent, "dead_letters.retried", actor: actor, reason: reason)]
    }.count
  }

  /// Discards open ones, with a reason for whoever asks later.
  ///
  /// Nothing more is done for them: the ledger counts their leads as ignored. Returns how many; those
  /// that are not open are left alone.
  package func discard(_ letters: [DeadLetter], reason: String, actor: String) async throws -> Int {
    let keys = letters.map(\.key)
    guard !keys.isEmpty else { return 0 }
    return try await pool.transaction { connection in
      let discarded = try Self.keys(
        in: connection.run(Self.discarding(keys, reason: reason))
      )
      guard !discarded.isEmpty else { return 0 }
      try connection.run(
        Self.audit(discarded, "dead_letters.discarded", actor: actor, reason: reason)
      )
      return discarded.count
    }
  }

  /// Claims open ones, publishes them as they are now, and writes that down together with what else
  /// follows from it; returns which were sent.
  ///
  /// The claim begins a new round. A copy of it that fails and is recorded meanwhile takes the claim
  /// away, so it stays open.
  func retry(
    _ keys: [DeadLetter.Key],
    notThere: Bool = false,
    publish: @Sendable ([Outgoing]) async throws -> Void,
    settling: ([DeadLetter.Key]) -> [SQL]
  ) async throws -> [DeadLetter.Key] {
    guard !keys.isEmpty else { return [] }
    var generator = SystemRandomNumberGenerator()
    let claim = Identifier.random(using: &generator)
    var statements: [SQL] = [
      """
      update dead_letter set claim = \(claim), claimed_at = now(), round = round + 1
      from unnest(\(keys.map(\.integration))::text[], \(keys.map(\.id))::uuid[]) as k (i, m)
      where dead_letter.integration_id = k.i and dead_letter.id = k.m and \(Self.isOpen)
      returning \(Self.columns)
      """
    ]
    if notThere {
      statements.append(
        """
        update effect e set state = 'failed', settled_at = now()
        from unnest(\(keys.map(\.integration))::text[], \(keys.map(\.id))::uuid[]) as k (i, m)
        join dead_letter d on d.integration_id = k.i and d.id = k.m
        where d.claim = \(claim) and e.integration_id = d.integration_id and e.id = d.id
          and e.state = 'parked' and e.kind like 'rd.%'
        """
      )
    }
    let letters = try await pool.run(statements)[0].map { try DeadLetter($0) }
    let sent = letters.map(\.key)
    if !letters.isEmpty { try await publish(letters.map { Outgoing($0.message.fresh) }) }
    let settled = settling(sent)
    guard !(sent.isEmpty && settled.isEmpty) else { return [] }
    try await pool.run(
      [
        """
        update dead_letter d set state = 'retried', settled_at = now(), claim = null,
          claimed_at = null
        from unnest(\(sent.map(\.integration))::text[], \(sent.map(\.id))::uuid[]) as k (i, m)
        where d.integration_id = k.i and d.id = k.m and d.state = 'open' and d.claim = \(claim)
        """
      ] + settled
    )
    return sent
  }

  /// Discards open ones; its rows are those that it discarded, see ``keys(in:)``.
  static func discarding(_ keys: [DeadLetter.Key], reason: String?) -> SQL {
    """
    update dead_letter set state = 'discarded', settled_at = now(), claim = null,
      claimed_at = null, discard_reason = \(reason), round = round + 1
    from unnest(\(keys.map(\.integration))::text[], \(keys.map(\.id))::uuid[]) as k (i, m)
    where dead_letter.integration_id = k.i and dead_letter.id = k.m and \(isOpen)
    returning dead_letter.integration_id, dead_letter.id
    """
  }

  static func keys(in rows: Rows) throws -> [DeadLetter.Key] {
    try rows.map { DeadLetter.Key(try $0.string(0), try $0.identifier(1)) }
  }

  private static func audit(
    _ keys: [DeadLetter.Key],
    _ action: String,
    actor: String,
    reason: String? = nil
  ) -> SQL {
    let ids = Dictionary(grouping: keys, by: \.integration)
    let details = ids.mapValues { keys -> JSON in
      var detail = JSON.Members()
      detail["ids"] = .array(keys.map { .string("\($0.id)") })
      detail["reason"] = reason.map(JSON.string)
      return .object(detail)
    }
    let integrations = details.keys.sorted()
    return """
      insert into audit (actor, integration_id, action, detail)
      select \(actor), i, \(action), d::jsonb
      from unnest(\(integrations)::text[],
        \(integrations.map { details[$0]?.text ?? "{}" })::text[]) as k (i, d)
      """
  }
}

extension DeadLetter {
  /// From ``DeadLetterDesk/columns``.
  init(_ row: Row) throws {
    let envelope = try row.json(9)
    guard let state = State(rawValue: try row.string(10)) else {
      throw PostgresError.decoding(column: "state", expected: "a state of a dead letter")
    }
    var notes: [String: String] = [:]
    for member in envelope["notes"]?.members ?? [] { notes[member.key] = member.value.string }
    let round = try row.int(16)
    if round > 0 { notes[Message.roundNote] = String(round) }
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
      state: state,
      bodySHA256: try row.string(13),
      editedAt: try row.optionalString(14),
      discardReason: try row.optionalString(15)
    )
  }
}

extension Message {
  /// How often people had settled its dead letter when it was sent.
  static let roundNote = "dead_letter_round"

  fileprivate var round: Int {
    min(max(0, notes[Self.roundNote].flatMap { Int($0) } ?? 0), Int(Int32.max))
  }

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
  var fresh: Message {
    var copy = self
    copy.attempt = 1
    copy.deferrals = 0
    copy.cause = nil
    copy.notes[Message.waitNote] = nil
    return copy
  }
}
