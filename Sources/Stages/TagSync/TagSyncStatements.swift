package import BeltStorage
import Leads
import Postgres
import StrictJSON
import Belt

/// One opportunity whose tags are to be merged.
struct TagSubject: Sendable {
  let opportunity: Identifier
  let lead: Identifier
  let crmID: String?
  let rdUUID: String?
  let email: String?
  /// RD Station's tags as the last webhook told them.
  let rdTags: [String]
  /// The tags with which it was created in the CRM.
  let draftTags: [String]
  /// Nil before the first merge.
  let base: [String]?

  fileprivate init(_ row: Row) throws {
    let profile = try row.json("profile")
    opportunity = try row.identifier("id")
    lead = try row.identifier("lead_id")
    crmID = try row.optionalString("crm_id")
    rdUUID = try row.optionalString("rd_uuid")
    email = profile["email"]?.string
    rdTags = profile["tags"]?.array?.compactMap(\.string) ?? []
    draftTags = try row.json("draft")["tags"]?.array?.compactMap(\.string) ?? []
    base = try row.json("agreed").array?.compactMap(\.string)
  }
}

/// The opportunities that the messages of a batch may speak of, by integration.
package struct TagKnown: Sendable {
  let subjects: [String: [TagSubject]]
}

/// The tags that both sides of an opportunity hold.
package struct AgreedTags: Sendable {
  let key: IntegrationKey
  let tags: [String]

  init(of key: IntegrationKey, _ tags: [String]) {
    self.key = key
    self.tags = tags
  }
}

/// What tag sync reads and writes.
extension TagSyncStage {
  package func load(_ taken: [Taken<TagRequest>]) -> Load<TagKnown> {
    var opportunities: [IntegrationKey] = []
    var leads: [IntegrationKey] = []
    for item in taken {
      switch item.input {
      case .created(let body): opportunities.append(item.key(body.opportunity))
      case .changed(let body): opportunities.append(item.key(body.opportunity))
      case .tagged(let body): leads.append(item.key(body.lead))
      }
    }
    return Load(
      """
      select o.integration_id, o.id, o.lead_id, o.crm_id, l.rd_uuid, l.profile, o.draft,
        t.tags as agreed
      from (
        select i, o from unnest(\(opportunities.map(\.integration))::text[],
          \(opportunities.map(\.id))::uuid[]) as u (i, o)
        union
        select o.integration_id, o.id from unnest(\(leads.map(\.integration))::text[],
          \(leads.map(\.id))::uuid[]) as u (i, l)
        -- One that is not known to be created is told of when it is.
        join opportunity o on o.integration_id = u.i and o.lead_id = u.l and o.told_status = 'open'
          and o.crm_id is not null
      ) as k
      join opportunity o on o.integration_id = k.i and o.id = k.o
      join lead l on l.integration_id = o.integration_id and l.id = o.lead_id
      left join tag_state t on t.integration_id = o.integration_id and t.opportunity_id = o.id
      order by o.integration_id, o.id
      """
    ) { rows in
      var subjects: [String: [TagSubject]] = [:]
      for row in rows {
        subjects[try row.string("integration_id"), default: []].append(try TagSubject(row))
      }
      return TagKnown(subjects: subjects)
    }
  }

  package func writes(_ agreed: [AgreedTags], _ known: TagKnown) -> [Write] { results(agreed) }

  package func results(_ agreed: [AgreedTags]) -> [Write] {
    guard !agreed.isEmpty else { return [] }
    let tags = agreed.map { JSON.array($0.tags.map(JSON.string)).text }
    return [
      .own(
        """
        insert into tag_state (integration_id, opportunity_id, tags)
        select distinct on (i, o) i, o, t::jsonb from unnest(\(agreed.map(\.key.integration))::text[],
          \(agreed.map(\.key.id))::uuid[], \(tags)::text[]) as k (i, o, t)
        order by i, o
        on conflict (integration_id, opportunity_id) do update
          set tags = excluded.tags, merged_at = now()
        where tag_state.tags is distinct from excluded.tags
        """
      )
    ]
  }
}
