package import Postgres
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
package struct HoldDesk: Sendable {
  private let pool: PostgresPool

  package init(pool: PostgresPool) { self.pool = pool }

  /// Those that wait, oldest first, at most so many; no integration means all.
  package func waiting(in integration: String? = nil, limit: Int = 1000) async throws -> [HeldLead]
  {
    try await read(
      """
      h.integration_id = coalesce(\(integration), h.integration_id)
      order by h.held_at, h.event_id limit \(limit)
      """
    )
  }

  /// How many of those that wait newer settings may help.
  package func dueCount(in integration: String) async throws -> Int {
    try await pool.run(
      """
      select count(*) from held h join integration i on i.id = h.integration_id
      where h.integration_id = \(integration) and h.config_version < i.config_version
      """
    ).first?.int(0) ?? 0
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
      let due = try await read(
        """
        h.integration_id = \(integration) and h.config_version < i.config_version
          and (\(last)::uuid is null or h.event_id > \(last)) order by h.event_id limit 1000
        """
      )
      if !due.isEmpty { try await publish(due.map { Outgoing($0.released) }) }
      sent += due.count
      last = due.last?.event
    } while last != nil
    return sent
  }

  private func read(_ condition: SQL) async throws -> [HeldLead] {
    try await pool.run(
      """
      select h.integration_id, h.event_id, h.journey_id, h.code, h.sentence, h.config_version,
        to_char(h.held_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), h.message,
        i.config_version, l.profile ->> 'name', l.profile ->> 'email',
        coalesce(l.profile ->> 'mobile_phone', l.profile ->> 'personal_phone')
      from held h join integration i on i.id = h.integration_id
      left join conversion c on c.integration_id = h.integration_id and c.id = h.event_id
      left join lead l on l.integration_id = c.integration_id and l.id = c.lead_id
      where \(condition)
      """
    ).map { try HeldLead($0) }
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
