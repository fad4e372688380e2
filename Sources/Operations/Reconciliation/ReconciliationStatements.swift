import BeltStorage
package import Postgres
package import Belt

/// What the database says that the outside holds, to be compared with the outside's own books.
package struct ReconciliationStatements: Sendable {
  /// Our opportunities beside the records of the embedded CRM, by our marker.
  package struct CRMBook: Sendable, Hashable {
    /// Confirmed here and there, under the same name.
    package var agreed = 0
    /// Being created at this moment, or waiting for its outcome: no difference.
    package var underWay = 0
    package var differences: [Difference] = []

    package struct Difference: Sendable, Hashable {
      package enum Kind: Sendable {
        /// Confirmed here, and the CRM does not have it.
        case missingInCRM
        /// In the CRM with a marker of ours, and nothing here knows of it.
        case missingHere
        /// In the CRM, and never confirmed here.
        case unconfirmedHere
        /// Known here under another id than the CRM gives it.
        case otherRecord
      }

      package let kind: Kind
      /// The opportunity's id, which is the CRM's marker.
      package let opportunity: Identifier
      /// For people; may hold a person's name.
      package let title: String
    }
  }

  /// An update that RD Station confirmed, with the conversions that bear its id there.
  package struct RDUpdateLine: Sendable, Hashable {
    package let marker: Identifier
    package let conversions: [String]
    /// The leads that it was about, as RD Station knows them.
    package let people: [Person]

    package struct Person: Sendable, Hashable {
      package let uuid: String?
      package let email: String
    }
  }

  private let pool: PostgresPool

  package init(pool: PostgresPool) { self.pool = pool }

  /// One statement, so both books are of one moment.
  package func crmBook(of integration: String) async throws -> CRMBook {
    let rows = try await pool.run(
      """
      select coalesce(o.id, e.marker), o.id is not null, o.crm_id, e.id::text,
        coalesce(e.title, o.draft ->> 'title', ''), o.is_open
      from (select id, crm_id, draft, exists (select from effect f
            where f.integration_id = p.integration_id and f.subject_id = p.id
              and f.kind = 'crm.opportunity.create' and f.state <> 'confirmed') as is_open
          from opportunity p where integration_id = \(integration)) as o
      full join (select id, marker, title from embedded_opportunity
          where integration_id = \(integration)) as e on e.marker = o.id
      order by 1
      """
    )
    var book = CRMBook()
    for row in rows {
      let (ours, theirs) = (try row.optionalString(2), try row.optionalString(3))
      let kind: CRMBook.Difference.Kind
      switch (ours, theirs) {
      case (let ours?, let theirs?):
        guard ours != theirs else {
          book.agreed += 1
          continue
        }
        kind = .otherRecord
      case (_?, nil): kind = .missingInCRM
      case (nil, let theirs):
        guard try row.bool(1) else {
          kind = .missingHere
          break
        }
        let isOpen = try row.optionalBool(5) ?? false
        guard theirs != nil, !isOpen else {
          book.underWay += 1
          continue
        }
        kind = .unconfirmedHere
      }
      book.differences.append(
        CRMBook.Difference(kind: kind, opportunity: try row.identifier(0), title: try row.string(4))
      )
    }
    return book
  }

  /// Updates with conversions that were confirmed in a span of time, newest first.
  ///
  /// `since` is ISO 8601, nil for the beginning; `until` is by the database's clock, as ``Fleet/now()`` says
  /// it, and they must have been confirmed `grace` seconds before. No limit means all.
  ///
  /// - Returns: Those that were about somebody with an e-mail; others leave no conversion.
  package func rdUpdates(
    of integration: String,
    since: String?,
    until: String,
    grace: Int,
    limit: Int? = nil
  ) async throws -> [RDUpdateLine] {
    try await pool.run(
      """
      select e.id, e.conversions, p.uuids, p.emails
      from (select id, subject_id, settled_at, array(select c ->> 'conversion'
            from jsonb_array_elements(plan -> 'events') as c where c ? 'conversion') as conversions
          from effect where integration_id = \(integration) and kind = 'rd.events'
            and state = 'confirmed'
            and settled_at <= \(until)::timestamptz - make_interval(secs => \(grace)::int)
            and settled_at >= coalesce(\(since)::timestamptz, settled_at)) as e
      cross join lateral (select array_agg(l.rd_uuid) as uuids,
          array_agg(l.profile ->> 'email') as emails
        from lead l where l.integration_id = \(integration) and l.email_key is not null
          and (l.id = (select o.lead_id from opportunity o
              where o.integration_id = \(integration) and o.id = e.subject_id)
            or l.contact_id = e.subject_id)) as p
      where cardinality(e.conversions) > 0 and p.emails is not null
      order by e.settled_at desc, e.id limit \(limit)
      """
    ).map { row in
      RDUpdateLine(
        marker: try row.identifier(0),
        conversions: try row.strings(1),
        people: zip(try row.optionalStrings(2), try row.strings(3)).map {
          RDUpdateLine.Person(uuid: $0, email: $1)
        }
      )
    }
  }

  /// Which of these markers at RD Station are of an update that we intended, whatever its state.
  package func known(_ markers: [Identifier], in integration: String) async throws
    -> Set<Identifier>
  {
    Set(
      try await pool.run(
        """
        select id from effect
        where integration_id = \(integration) and id = any(\(markers)::uuid[])
        """
      ).map { try $0.identifier(0) }
    )
  }
}
