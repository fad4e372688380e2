import BeltStorage
import Postgres
package import StrictJSON
package import Belt

/// An opportunity of the embedded CRM in a list.
package struct ListedOpportunity: Sendable, Hashable, JSONForm {
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

  package var json: JSON {
    [
      "opportunity": .string("\(id)"), "integration": .string(integration),
      "title": .string(title), "pipeline": .string(pipeline), "stage": .string(stage),
      "owner": .string(owner), "status": .string(status), "value": .optional(value),
      "tags": .array(tags.map(JSON.string)), "created_at": .string(createdAt),
    ]
  }
}

extension Sales {
  /// Newest first; no integration means all, no status any.
  ///
  /// - Throws: ``Refusal`` for a page that cannot be.
  package func opportunities(
    in integration: String? = nil,
    status: String? = nil,
    after cursor: Cursor? = nil,
    size: Int = 100
  ) async throws -> Page<ListedOpportunity> {
    let rest = try Page<ListedOpportunity>.rest(after: cursor, size: size) { last in
      """
      created_at <= \(last.time) and (created_at < \(last.time)
        or (id, integration_id) > (\(last.id), \(last.integration)))
      """
    }
    let found = try await pool.run(
      """
      select integration_id, marker, title, pipeline, stage, owner, status, value::text, tags,
        to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
        \(ListPlace.at("created_at")), id
      from embedded_opportunity
      where integration_id = coalesce(\(integration), integration_id)
        and status = coalesce(\(status), status) and \(rest)
      order by created_at desc, id, integration_id limit \(size)
      """
    ).map { row in
      let integration = try row.string(0)
      let item = ListedOpportunity(
        integration: integration,
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
      let (at, id) = (try row.int(10), try row.identifier(11))
      return (item: item, place: ListPlace(at: at, id: id, integration: integration))
    }
    return Page(found, size: size)
  }

  /// The journey on which an opportunity was made, and its integration; nil when it is not known.
  func origin(of opportunity: Identifier) async throws
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
  func pipeline(of opportunity: Identifier, in integration: String) async throws -> String? {
    try await pool.run(
      """
      select pipeline from embedded_opportunity
      where integration_id = \(integration) and (marker = \(opportunity) or id = \(opportunity))
      """
    ).first?.string(0)
  }
}
