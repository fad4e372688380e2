package import Postgres
private import StrictJSON
package import Belt

/// Opportunities for the operator's list.
package struct OpportunityListing: Sendable, Hashable {
  package let integration: String
  package let id: Identifier
  package let title: String
  package let pipeline: String
  package let stage: String
  package let owner: String
  /// open, won or lost, as the embedded CRM shows it.
  package let status: String
  /// Decimal text.
  package let value: String?
  package let tags: [String]
  /// RFC 3339 in UTC.
  package let createdAt: String

  /// Newest first, at most so many; no integration means all, no status any.
  package static func all(
    in pool: PostgresPool,
    integration: String? = nil,
    status: String? = nil,
    limit: Int = 100
  ) async throws -> [OpportunityListing] {
    try await pool.run(
      """
      select integration_id, marker, title, pipeline, stage, owner, status, value::text, tags,
        to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
      from embedded_opportunity
      where integration_id = coalesce(\(integration), integration_id)
        and status = coalesce(\(status), status)
      order by created_at desc, id limit \(limit)
      """
    ).map { row in
      OpportunityListing(
        integration: try row.string(0),
        id: try row.identifier(1),
        title: try row.string(2),
        pipeline: try row.string(3),
        stage: try row.string(4),
        owner: try row.string(5),
        status: try row.string(6),
        value: try row.optionalString(7),
        tags: (try row.json(8).array ?? []).compactMap(\.string),
        createdAt: try row.string(9)
      )
    }
  }

  /// The journey on which an opportunity was made, and its integration; nil when it is not known.
  package static func origin(of opportunity: Identifier, in pool: PostgresPool) async throws
    -> (integration: String, opportunity: Identifier, journey: Identifier)?
  {
    let rows = try await pool.run(
      """
      select o.integration_id, o.id, c.journey_id
      from opportunity o join conversion c
        on c.integration_id = o.integration_id and c.id = o.event_id
      where o.id = \(opportunity) or o.crm_id = \("\(opportunity)")
      """
    )
    guard let row = rows.first else { return nil }
    return (try row.string(0), try row.identifier(1), try row.identifier(2))
  }

  /// The pipeline that an integration's opportunity is in, by the embedded CRM; nil when it does not
  /// hold it.
  package static func pipeline(
    of opportunity: Identifier,
    in integration: String,
    _ pool: PostgresPool
  ) async throws -> String? {
    try await pool.run(
      """
      select pipeline from embedded_opportunity
      where integration_id = \(integration) and (marker = \(opportunity) or id = \(opportunity))
      """
    ).first?.string(0)
  }
}
