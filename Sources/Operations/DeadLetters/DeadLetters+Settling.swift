package import BeltStorage
import Postgres
package import StrictJSON
package import Belt

/// What became of named dead letters.
package struct SettledDeadLetters: Sendable, Hashable, JSONForm {
  package let kind: BulkAction.Kind
  /// How many were sent back or discarded.
  package let count: Int
  /// How many were not open any more, and were left alone.
  package let notOpen: Int

  package var json: JSON {
    let done = kind == .retry ? "retried" : "discarded"
    return JSON.object(.init()).with((done, .number(count)), ("not_open", .number(notOpen)))
  }
}

extension DeadLetters {
  /// Sends those with these ids back to their stages; see ``retry(_:seen:actor:publish:)``.
  ///
  /// - Throws: ``Refusal`` when one is not there, or what was seen does not fit it: nothing is done then.
  package func retry(
    ids: [Identifier],
    seen: Sighting? = nil,
    actor: String,
    publish: @Sendable ([Outgoing]) async throws -> Void
  ) async throws -> SettledDeadLetters {
    let letters = try await required(ids)
    try await seen?.check(letters, in: pool)
    let sent = try await retry(letters, seen: seen, actor: actor, publish: publish)
    return SettledDeadLetters(kind: .retry, count: sent, notOpen: letters.count - sent)
  }

  /// Discards those with these ids; see ``discard(_:reason:actor:)``.
  ///
  /// - Throws: ``Refusal`` when one is not there: nothing is done then.
  package func discard(ids: [Identifier], reason: String, actor: String) async throws
    -> SettledDeadLetters
  {
    let letters = try await required(ids)
    let discarded = try await discard(letters, reason: reason, actor: actor)
    return SettledDeadLetters(kind: .discard, count: discarded, notOpen: letters.count - discarded)
  }

  /// Sends open ones back to their stages as if for the first time, then marks them.
  ///
  /// Harmless when done twice, or broken off in between: a stage handles an id once. The closure must
  /// return only when all are stored durably; when it throws, all stay open.
  ///
  /// `seen`: what somebody saw who has looked for what could not be found out. Without that word such a
  ///   call is never made again.
  ///
  /// Returns how many were sent; those that are not open are left alone.
  package func retry(
    _ letters: [DeadLetter],
    seen: Sighting? = nil,
    actor: String,
    publish: @Sendable ([Outgoing]) async throws -> Void
  ) async throws -> Int {
    try await retry(letters.map(\.key), seen: seen, publish: publish) { sent in
      [Self.audit(sent, "dead_letters.retried", actor: actor, reason: seen?.words)]
    }.count
  }

  /// Discards open ones, with a reason for whoever asks later.
  ///
  /// Nothing more is done for them: the ledger counts a lead that has no opportunity by then as ignored.
  /// Returns how many; those
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
    seen: Sighting? = nil,
    publish: @Sendable ([Outgoing]) async throws -> Void,
    settling: ([DeadLetter.Key]) -> [SQL]
  ) async throws -> [DeadLetter.Key] {
    guard !keys.isEmpty else { return [] }
    var generator = SystemRandomNumberGenerator()
    let claim = Identifier.random(using: &generator)
    var statements: [SQL] = [
      Self.updating(keys, set: "claim = \(claim), claimed_at = now(), round = round + 1")
        + " returning \(DeadLetter.columns)"
    ]
    statements += seen?.settling(claim) ?? []
    let letters = try await pool.run(statements)[0].map { try DeadLetter($0) }
    let sent = letters.map(\.key)
    if !letters.isEmpty { try await publish(letters.map { Outgoing($0.message.fresh) }) }
    let settled = settling(sent)
    guard !(sent.isEmpty && settled.isEmpty) else { return [] }
    try await pool.run(
      [
        Self.updating(
          sent,
          set: "state = 'retried', settled_at = now(), claim = null, claimed_at = null",
          where: "dead_letter.state = 'open' and dead_letter.claim = \(claim)"
        )
      ] + settled
    )
    return sent
  }

  /// Discards open ones; its rows are those that it discarded, see ``keys(in:)``.
  static func discarding(_ keys: [DeadLetter.Key], reason: String?) -> SQL {
    updating(
      keys,
      set: """
        state = 'discarded', settled_at = now(), claim = null, claimed_at = null,
          discard_reason = \(reason), round = round + 1
        """
    ) + " returning dead_letter.integration_id, dead_letter.id"
  }

  private static func updating(
    _ keys: [DeadLetter.Key],
    set changes: SQL,
    where condition: SQL = DeadLetter.isOpen
  ) -> SQL {
    RowOrder.updating(
      "dead_letter",
      as: "dead_letter",
      set: changes,
      from: "unnest(\(keys.map(\.integration))::text[], \(keys.map(\.id))::uuid[]) as k (i, m)",
      on: "dead_letter.integration_id = k.i and dead_letter.id = k.m",
      where: condition,
      order: "dead_letter.integration_id, dead_letter.id"
    )
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
