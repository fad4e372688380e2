package import Leads
package import Postgres
import StrictJSON
package import Belt

/// What tag sync loads and commits.
package enum TagStore {
  /// One opportunity whose tags are to be merged.
  package struct Subject: Sendable {
    package let opportunity: Identifier
    package let lead: Identifier
    package let crmID: String?
    package let rdUUID: String?
    package let email: String?
    /// RD Station's tags as the last webhook told them.
    package let rdTags: [String]
    /// The tags with which it was created in the CRM.
    package let draftTags: [String]
    /// Nil before the first merge.
    package let base: [String]?
  }

  /// The opportunities that messages speak of: one, or all of a lead.
  package static func loading(opportunities: [IntegrationKey], leads: [IntegrationKey]) -> SQL {
    """
    select o.integration_id, o.id, o.lead_id, o.crm_id, l.rd_uuid, l.profile, o.draft, t.tags
    from (
      select i, o from unnest(\(opportunities.map(\.integration))::text[],
        \(opportunities.map(\.id))::uuid[]) as u (i, o)
      union
      select o.integration_id, o.id from unnest(\(leads.map(\.integration))::text[],
        \(leads.map(\.id))::uuid[]) as u (i, l)
      join opportunity o on o.integration_id = u.i and o.lead_id = u.l and o.told_status = 'open'
    ) as k
    join opportunity o on o.integration_id = k.i and o.id = k.o
    join lead l on l.integration_id = o.integration_id and l.id = o.lead_id
    left join tag_state t on t.integration_id = o.integration_id and t.opportunity_id = o.id
    """
  }

  package static func subjects(in rows: Rows) throws -> [String: [Subject]] {
    var subjects: [String: [Subject]] = [:]
    for row in rows {
      let profile = try row.json(5)
      let base = try row.json(7)
      subjects[try row.string(0), default: []].append(
        Subject(
          opportunity: try row.identifier(1),
          lead: try row.identifier(2),
          crmID: try row.optionalString(3),
          rdUUID: try row.optionalString(4),
          email: profile["email"]?.string,
          rdTags: profile["tags"]?.array?.compactMap(\.string) ?? [],
          draftTags: try row.json(6)["tags"]?.array?.compactMap(\.string) ?? [],
          base: base.array?.compactMap(\.string)
        )
      )
    }
    return subjects
  }

  /// What both sides now hold.
  package static func merged(
    _ merges: [(integration: String, subject: Subject, tags: [String])]
  ) -> [SQL] {
    guard !merges.isEmpty else { return [] }
    let integrations = merges.map(\.integration)
    let tags = merges.map { JSON.array($0.tags.map(JSON.string)).text }
    return [
      """
      insert into tag_state (integration_id, opportunity_id, tags)
      select distinct on (i, o) i, o, t::jsonb from unnest(\(integrations)::text[],
        \(merges.map(\.subject.opportunity))::uuid[], \(tags)::text[]) as k (i, o, t)
      on conflict (integration_id, opportunity_id) do update
        set tags = excluded.tags, merged_at = now()
      where tag_state.tags is distinct from excluded.tags
      """
    ]
  }
}
