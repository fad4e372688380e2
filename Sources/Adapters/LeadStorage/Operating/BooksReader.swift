package import Postgres
package import Workers

/// What the database holds of one integration since a moment, to be compared with what the outside
/// holds.
package struct BooksReader: Sendable {
  package struct Arrival: Sendable, Hashable {
    package let message: Identifier
    /// accepted, ignored, duplicate or invalid.
    package let state: String
    package let event: Identifier?
    /// conversion or opportunity_mark; nil unless it was accepted.
    package let kind: String?
    package let identifier: String?
  }

  package struct Opportunity: Sendable, Hashable {
    package let id: Identifier
    package let event: Identifier
    package let email: String?
    /// How many records of the embedded CRM bear its marker.
    package let crmRecords: Int
    /// By the embedded CRM.
    package let status: String?
    package let version: Int
  }

  private let pool: PostgresPool

  package init(pool: PostgresPool) { self.pool = pool }

  /// The database's clock, in a form for `since`.
  package func now() async throws -> String {
    try await pool.run("select now()::text")[0].string(0)
  }

  package func arrivals(of integration: String, since: String) async throws -> [Arrival] {
    try await pool.run(
      """
      select a.message_id, a.state, a.event_id, c.kind, c.identifier
      from arrival a left join conversion c on c.integration_id = a.integration_id
        and c.id = a.event_id and c.journey_id = a.journey_id
      where a.integration_id = \(integration)
        and a.arrived_at >= date_trunc('milliseconds', \(since)::timestamptz)
      """
    ).map { row in
      Arrival(
        message: try row.identifier(0),
        state: try row.string(1),
        event: try row.optionalIdentifier(2),
        kind: try row.optionalString(3),
        identifier: try row.optionalString(4)
      )
    }
  }

  package func countArrivals(of integration: String, since: String) async throws -> Int {
    try await pool.run(
      """
      select count(*) from arrival where integration_id = \(integration)
        and arrived_at >= date_trunc('milliseconds', \(since)::timestamptz)
      """
    )[0].int(0)
  }

  /// How many of these messages have a receipt or a dead letter.
  package func countSettled(_ messages: [Identifier], of integration: String) async throws -> Int {
    try await pool.run(
      """
      select count(*) from unnest(\(messages)::uuid[]) as k (m)
      where exists (select from receipt r
          where r.integration_id = \(integration) and r.message_id = k.m)
        or exists (select from dead_letter d
          where d.integration_id = \(integration) and d.id = k.m and d.state = 'open')
      """
    )[0].int(0)
  }

  package func opportunities(of integration: String, since: String) async throws -> [Opportunity] {
    try await pool.run(
      """
      select o.id, o.event_id, l.email_key, count(e.id), min(e.status), coalesce(max(e.version), 0)
      from opportunity o
      join lead l on l.integration_id = o.integration_id and l.id = o.lead_id
      left join embedded_opportunity e
        on e.integration_id = o.integration_id and e.marker = o.id
      where o.integration_id = \(integration) and o.created_at >= \(since)::timestamptz
      group by o.id, o.event_id, o.created_at, l.email_key
      order by o.created_at, o.id
      """
    ).map { row in
      Opportunity(
        id: try row.identifier(0),
        event: try row.identifier(1),
        email: try row.optionalString(2),
        crmRecords: try row.int(3),
        status: try row.optionalString(4),
        version: try row.int(5)
      )
    }
  }

  /// Effects at RD Station: the message that is their marker there, and the opportunity.
  package func rdEffects(of integration: String, since: String) async throws
    -> [(marker: Identifier, opportunity: Identifier, state: String)]
  {
    try await pool.run(
      """
      select id, subject_id, state from effect
      where integration_id = \(integration) and kind like 'rd.%'
        and sent_at >= \(since)::timestamptz
      """
    ).map { (try $0.identifier(0), try $0.identifier(1), try $0.string(2)) }
  }
}
