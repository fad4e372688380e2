import BeltStorage
package import Postgres
package import StrictJSON
package import Belt

/// Finds what is stranded: messages that were to follow and that no stage has handled for a long time,
/// such as after a queue was purged or the broker's data were lost.
///
/// The receipts hold every message that follows from them, so each can be published again as it was, and
/// a dead letter that was sent again stands whole in its row; one that is on its way after all is
/// handled once.
package struct StrandedMessages: Sendable {
  /// A message that nobody has handled.
  package struct Stranded: Sendable, JSONForm {
    package let message: Message
    /// How long ago it should have been published, in seconds.
    package let age: Int

    package var json: JSON {
      [
        "id": .string("\(message.id)"), "integration": .string(message.integration),
        "stage": .string(message.stage), "type": .string(message.type),
        "journey": .string("\(message.journey)"), "age_seconds": .number(age),
      ]
    }
  }

  private let pool: PostgresPool

  package init(pool: PostgresPool) { self.pool = pool }

  /// Those that have waited at least so many minutes, oldest first, at most so many.
  ///
  /// What waits for a person, or was discarded, is left out, and what was handed over or sent again
  /// more than 30 days ago.
  package func list(in integration: String? = nil, minutes: Int, limit: Int = 1000)
    async throws -> [Stranded]
  {
    let rows = try await pool.run([
      """
      select f.message, extract(epoch from now() - r.handled_at)::bigint
      from receipt r cross join lateral jsonb_array_elements(r.follows::jsonb) as f (message)
      where r.integration_id = coalesce(\(integration), r.integration_id)
        and r.handled_at between now() - interval '30 days'
          and now() - make_interval(mins => \(minutes))
        and cardinality(r.follow_ids) > 0
        and not exists (select from receipt g where g.integration_id = r.integration_id
          and g.message_id = (f.message ->> 'id')::uuid)
        and not exists (select from dead_letter d where d.integration_id = r.integration_id
          and d.id = (f.message ->> 'id')::uuid)
      order by r.handled_at limit \(limit)
      """,
      """
      select \(DeadLetter.columns), extract(epoch from now() - settled_at)::bigint
      from dead_letter
      where integration_id = coalesce(\(integration), integration_id) and state = 'retried'
        and settled_at between now() - interval '30 days'
          and now() - make_interval(mins => \(minutes))
        and not \(DeadLetter.isHandled)
      order by settled_at, id limit \(limit)
      """,
    ])
    let followed = try rows[0].map { row in
      guard let message = Message(stored: try row.json(0)) else {
        throw PostgresError.decoding(column: "follows", expected: "a stored message")
      }
      return Stranded(message: message, age: try row.int(1))
    }
    let retried = try rows[1].map { row in
      Stranded(message: try DeadLetter(row).message.fresh, age: try row.int(17))
    }
    return Array((followed + retried).sorted { $1.age < $0.age }.prefix(limit))
  }
}
