import BeltStorage
package import Postgres
package import Belt

/// What the database holds of one integration since a moment, to be compared with what the outside
/// holds.
package struct BooksReader: Sendable {
  package struct Opportunity: Sendable, Hashable {
    package let id: Identifier
    package let email: String?
  }

  private let pool: PostgresPool

  package init(pool: PostgresPool) { self.pool = pool }

  /// How many webhooks arrived, by what became of them: accepted, ignored, duplicate or invalid.
  package func arrivals(of integration: String, since: String) async throws -> [String: Int] {
    try await pool.run(
      """
      select state, count(*) from arrival where integration_id = \(integration)
        and arrived_at >= date_trunc('milliseconds', \(since)::timestamptz)
      group by state
      """
    ).reduce(into: [:]) { $0[try $1.string(0)] = try $1.int(1) }
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

  /// Our opportunities in order of their making.
  package func opportunities(of integration: String, since: String) async throws -> [Opportunity] {
    try await pool.run(
      """
      select o.id, l.email_key
      from opportunity o
      join lead l on l.integration_id = o.integration_id and l.id = o.lead_id
      where o.integration_id = \(integration) and o.created_at >= \(since)::timestamptz
      order by o.created_at, o.id
      """
    ).map { Opportunity(id: try $0.identifier(0), email: try $0.optionalString(1)) }
  }
}
