package import Postgres
package import Belt

/// Writes down what is given up, each message once.
package struct DeadLetterRecorder: Sendable {
  private let pool: PostgresPool

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
        \(messages.map { MessageJSON.text(of: MessageForm($0)) })::text[], \(messages.map(\.round))::int[])
        as k (i, m, s, t, j, c, w, f, a, b, e, r)
      where not exists (select from receipt r where r.integration_id = k.i and r.message_id = k.m)
      order by i, m
      on conflict (integration_id, id) do update set
        state = 'open', settled_at = null, last_at = now(), code = excluded.code,
        sentence = excluded.sentence, fingerprint = excluded.fingerprint,
        attempts = dead_letter.attempts + excluded.attempts,
        claim = null, claimed_at = null, discard_reason = null, round = excluded.round
      where excluded.round >= dead_letter.round
        and (dead_letter.state <> 'open' or dead_letter.claim is not null)
      """
  }
}
