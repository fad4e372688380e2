package import BeltStorage
package import Postgres
package import Belt

/// What was given up, for people: shown, corrected, sent back to its stage or put away.
package struct DeadLetters: Sendable {
  let pool: PostgresPool

  package init(pool: PostgresPool) { self.pool = pool }

  /// Settles the open ones whose message was handled after all.
  ///
  /// So it is when a process died between the record and the parking, and the redelivery went well.
  /// Returns how many there were.
  @discardableResult
  package func settleHandled() async throws -> Int {
    try await pool.run(
      """
      update dead_letter set state = 'retried', settled_at = now(), claim = null, claimed_at = null
      where state = 'open' and \(DeadLetter.isHandled)
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

  /// Those of a state that a filter means, newest first.
  ///
  /// - Throws: ``Refusal`` for a page that cannot be.
  package func list(
    _ filter: DeadLetterFilter = DeadLetterFilter(),
    state: DeadLetter.State = .open,
    after cursor: Cursor? = nil,
    size: Int = 1000
  ) async throws -> Page<DeadLetter> {
    try Page<DeadLetter>.check(size: size)
    let last = try ListPlace(cursor)
    let rest: SQL =
      last.map { last in
        """
        last_at <= \(last.time)
          and (last_at < \(last.time) or (id, integration_id) > (\(last.id), \(last.integration)))
        """
      } ?? "true"
    let found = try await pool.run(
      """
      select \(DeadLetter.columns), \(ListPlace.at("last_at")) from dead_letter
      where \(DeadLetter.state) = \(state.rawValue) and \(filter.condition) and \(rest)
      order by last_at desc, id, integration_id limit \(size)
      """
    ).map { row in
      let letter = try DeadLetter(row)
      let key = letter.key
      return (
        item: letter,
        place: ListPlace(at: try row.int(17), id: key.id, integration: key.integration)
      )
    }
    return Page(found, size: size)
  }

  /// The open ones that a filter means, by cause, the largest group first.
  package func groups(_ filter: DeadLetterFilter = DeadLetterFilter()) async throws
    -> [DeadLetterGroup]
  {
    try await pool.run(
      """
      select fingerprint, min(stage), min(code), count(*), \(DeadLetter.text(of: "min(first_at)")),
        \(DeadLetter.text(of: "max(last_at)")), (array_agg(sentence order by last_at desc, id))[1],
        array_agg(distinct integration_id order by integration_id)
      from dead_letter where \(DeadLetter.isOpen) and \(filter.condition)
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
      select \(DeadLetter.columns) from dead_letter
      where id = any(\(ids)::uuid[]) and integration_id = coalesce(\(integration), integration_id)
      order by last_at desc, id
      """
    ).map { try DeadLetter($0) }
  }

  /// Those of some journeys, oldest first.
  package func find(journeys: [Identifier], in integration: String) async throws -> [DeadLetter] {
    try await pool.run(
      """
      select \(DeadLetter.columns) from dead_letter
      where integration_id = \(integration) and journey_id = any(\(journeys)::uuid[])
      order by first_at, id
      """
    ).map { try DeadLetter($0) }
  }

  /// Those with these ids.
  ///
  /// - Throws: ``Refusal`` that names those that there are not.
  package func required(_ ids: [Identifier], in integration: String? = nil) async throws
    -> [DeadLetter]
  {
    let letters = try await find(ids, in: integration)
    let known = Set(letters.map(\.message.id))
    let unknown = ids.filter { !known.contains($0) }
    guard unknown.isEmpty else {
      throw Refusal(
        .notFound,
        "dead_letter_unknown",
        "there is no dead letter \(unknown.map(\.description).joined(separator: ", ")); "
          + "nothing was done",
        remedy: "Run: esteira dead-letters ls"
      )
    }
    return letters
  }
}
