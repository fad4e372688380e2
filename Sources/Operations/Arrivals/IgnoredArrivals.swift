import BeltStorage
package import Postgres
package import StrictJSON
package import Belt

/// One lead of a webhook that did not go on: a rule kept it out, or it could not be read.
package struct IgnoredArrival: Sendable, Hashable {
  package let integration: String
  package let journey: Identifier
  /// RFC 3339 in UTC, with milliseconds.
  package let arrivedAt: String
  /// ignored, invalid, or duplicate for what was delivered before.
  package let state: String
  package let code: String
  /// Nil once the journey's lines have been removed.
  package let sentence: String?

  /// Which are meant; everything that is given has to hold.
  package struct Filter: Sendable, Hashable {
    package var integration: String?
    /// Nil means every reason but that it was delivered before, by which nothing was kept out.
    package var code: String?
    /// Those that arrived before this one.
    package var before: Identifier?

    package init(integration: String? = nil, code: String? = nil, before: Identifier? = nil) {
      self.integration = integration
      self.code = code
      self.before = before
    }
  }
}

/// What arrived and was kept out.
package struct IgnoredArrivals: Sendable {
  private let pool: PostgresPool

  package init(pool: PostgresPool) { self.pool = pool }

  /// Newest first.
  ///
  /// - Throws: ``Refusal`` for a page that cannot be.
  package func list(
    _ filter: IgnoredArrival.Filter,
    after cursor: Cursor? = nil,
    size: Int = 100
  ) async throws -> Page<IgnoredArrival> {
    let rest = try Page<IgnoredArrival>.rest(after: cursor, size: size) { last in
      """
      (a.arrived_at, a.journey_id, a.integration_id)
        < (\(last.time), \(last.id), \(last.integration))
      """
    }
    let found = try await pool.run(
      """
      with last as (
        select b.arrived_at, b.journey_id from integration i
        join arrival b on b.integration_id = i.id and b.journey_id = \(filter.before)
        limit 1
      ), found as (
        select a.integration_id, a.journey_id, a.arrived_at, a.state,
          coalesce(a.reason, 'unknown') as code
        from arrival a
        where a.state <> 'accepted'
          and a.integration_id = coalesce(\(filter.integration), a.integration_id)
          and case when \(filter.code)::text is null then a.state <> 'duplicate'
            else coalesce(a.reason, 'unknown') = \(filter.code) end
          and (\(filter.before)::uuid is null
            or (a.arrived_at, a.journey_id) < (select arrived_at, journey_id from last))
          and \(rest)
        order by a.arrived_at desc, a.journey_id desc, a.integration_id desc limit \(size)
      )
      select integration_id, journey_id,
        to_char(arrived_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), state, code,
        (select j.sentence from journey j where j.integration_id = found.integration_id
          and j.journey_id = found.journey_id order by j.at limit 1),
        \(ListPlace.at("arrived_at"))
      from found order by arrived_at desc, journey_id desc, integration_id desc
      """
    ).map { row in
      let arrival = IgnoredArrival(
        integration: try row.string(0),
        journey: try row.identifier(1),
        arrivedAt: try row.string(2),
        state: try row.string(3),
        code: try row.string(4),
        sentence: try row.optionalString(5)
      )
      return (
        item: arrival,
        place: ListPlace(at: try row.int(6), id: arrival.journey, integration: arrival.integration)
      )
    }
    return Page(found, size: size)
  }
}

extension IgnoredArrival: JSONForm {
  package var json: JSON {
    [
      "integration": .string(integration), "journey": .string("\(journey)"),
      "arrived_at": .string(arrivedAt), "state": .string(state), "code": .string(code),
      "sentence": .optional(sentence),
    ]
  }
}
