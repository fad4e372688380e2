import BeltStorage
package import Postgres
package import StrictJSON
package import Belt

/// A lead that waits until the settings change.
package struct HeldLead: Sendable, Hashable {
  package let integration: String
  package let event: Identifier
  package let journey: Identifier
  package let reason: Reason
  /// The settings that held it last.
  package let configVersion: Int
  /// RFC 3339 in UTC, of the first time.
  package let heldAt: String
  /// Holds personal data, like everything that names a lead.
  package let name: String?
  package let email: String?
  package let phone: String?
  /// What goes to the stage again; its identifier follows from the version in force, so that doing it
  /// twice is harmless.
  package let released: Message
  /// Whether newer settings are in force than those that held it.
  package let isDue: Bool
}

/// Shows who waits, and lets them go on.
package struct Holds: Sendable {
  private let pool: PostgresPool

  package init(pool: PostgresPool) { self.pool = pool }

  /// Those that wait, oldest first; no integration means all.
  ///
  /// - Throws: ``Refusal`` for a page that cannot be.
  package func list(
    in integration: String? = nil,
    after cursor: Cursor? = nil,
    size: Int = 1000
  ) async throws -> Page<HeldLead> {
    let rest = try Page<HeldLead>.rest(after: cursor, size: size) { last in
      "(h.held_at, h.event_id, h.integration_id) > (\(last.time), \(last.id), \(last.integration))"
    }
    let found = try await rows(
      """
      h.integration_id = coalesce(\(integration), h.integration_id) and \(rest)
      order by h.held_at, h.event_id, h.integration_id limit \(size)
      """
    ).map { row in
      let held = try HeldLead(row)
      return (
        item: held,
        place: ListPlace(at: try row.int(12), id: held.event, integration: held.integration)
      )
    }
    return Page(found, size: size)
  }

  /// Sends those back to their stage that newer settings may help; returns how many.
  ///
  /// They wait on until the stage has decided anew, so breaking off loses nothing, and sending twice is
  /// harmless. The closure must return only when all are stored durably.
  package func release(
    in integration: String,
    publish: @Sendable ([Outgoing]) async throws -> Void
  ) async throws -> Int {
    var sent = 0
    var last: Identifier?
    repeat {
      let due = try await rows(
        """
        h.integration_id = \(integration) and h.config_version < i.config_version
          and (\(last)::uuid is null or h.event_id > \(last)) order by h.event_id limit 1000
        """
      ).map { try HeldLead($0) }
      if !due.isEmpty { try await publish(due.map { Outgoing($0.released) }) }
      sent += due.count
      last = due.last?.event
    } while last != nil
    return sent
  }

  private func rows(_ condition: SQL) async throws -> Rows {
    try await pool.run(
      """
      select h.integration_id, h.event_id, h.journey_id, h.code, h.sentence, h.config_version,
        to_char(h.held_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), h.message,
        i.config_version, l.profile ->> 'name', l.profile ->> 'email',
        coalesce(l.profile ->> 'mobile_phone', l.profile ->> 'personal_phone'),
        \(ListPlace.at("h.held_at"))
      from held h join integration i on i.id = h.integration_id
      left join conversion c on c.integration_id = h.integration_id and c.id = h.event_id
      left join lead l on l.integration_id = c.integration_id and l.id = c.lead_id
      where \(condition)
      """
    )
  }
}

extension HeldLead {
  fileprivate init(_ row: Row) throws {
    let message = try row.message(7)
    let (own, current) = (try row.int(5), try row.int(8))
    try self.init(
      integration: row.string(0),
      event: row.identifier(1),
      journey: row.identifier(2),
      reason: Reason(row.string(3), row.string(4)),
      configVersion: own,
      heldAt: row.string(6),
      name: row.optionalString(9),
      email: row.optionalString(10),
      phone: row.optionalString(11),
      released: message.following(
        to: message.stage,
        type: message.type,
        body: message.body,
        part: "settings \(current)"
      ),
      isDue: own < current
    )
  }
}

extension HeldLead: JSONForm {
  package var json: JSON {
    [
      "integration": .string(integration), "event": .string("\(event)"),
      "journey": .string("\(journey)"), "name": .optional(name), "email": .optional(email),
      "phone": .optional(phone),
      "code": .string(reason.code), "sentence": .string(reason.sentence),
      "settings_version": .number(configVersion), "held_at": .string(heldAt),
      "due": .bool(isDue),
    ]
  }
}
