package import BeltStorage
import Leads
import Postgres
import Belt

/// What the RD updater reads and writes.
extension RDUpdaterStage {
  /// Locks what the messages speak of, then reads it.
  package func load(_ taken: [Taken<RDUpdaterInput>]) -> Load<RDUpdaterKnown> {
    let contacts = taken.filter(\.input.isOfContact).compactMap(\.subjectKey)
    let opportunities = taken.filter { !$0.input.isOfContact }.compactMap(\.subjectKey)
    let names =
      opportunities.map { "opportunity:\($0.integration):\($0.id)" }
      + contacts.map { "contact:\($0.integration):\($0.id)" }
    return Load(
      Load(locking: Lock.taking(names)),
      Self.opportunities(opportunities),
      Self.contacts(contacts),
      Effects.load(taken.map(\.message)),
      Self.waiting(taken.filter(\.input.isOfChange))
    ) { _, opportunities, contacts, effects, waiting in
      RDUpdaterKnown(
        opportunities: opportunities,
        contacts: contacts,
        effects: effects,
        waiting: waiting
      )
    }
  }

  private static func opportunities(_ keys: [IntegrationKey]) -> Load<
    [IntegrationKey: RDUpdaterKnown.Opportunity]
  > {
    Load(
      """
      select o.integration_id, o.id, o.crm_id, greatest(o.told_version, o.told_change) as told_version,
        o.told_status, c.kind, c.first_import, l.rd_uuid, l.profile ->> 'email' as email,
        exists (select from opportunity s where s.integration_id = o.integration_id
          and s.lead_id = o.lead_id and s.id <> o.id and s.told_status = 'lost' offset 0)
          as has_lost_sibling
      from (select distinct i, o from unnest(\(keys.map(\.integration))::text[],
        \(keys.map(\.id))::uuid[]) as u (i, o)) as k
      join opportunity o on o.integration_id = k.i and o.id = k.o
      join conversion c on c.integration_id = o.integration_id and c.id = o.event_id
      join lead l on l.integration_id = o.integration_id and l.id = o.lead_id
      """,
      entry: { row in
        let opportunity = RDUpdaterKnown.Opportunity(
          record: try row.optionalString("crm_id").map(CRMRecord.init),
          toldVersion: try row.int("told_version"),
          toldStatus: try row.string("told_status"),
          byMark: try row.string("kind") == LeadEvent.Kind.opportunityMark.rawValue,
          firstImport: try row.bool("first_import"),
          person: try Self.person(in: row),
          hasLostSibling: try row.bool("has_lost_sibling")
        )
        return (
          IntegrationKey(try row.string("integration_id"), try row.identifier("id")), opportunity
        )
      }
    )
  }

  private static func contacts(_ keys: [IntegrationKey]) -> Load<
    [IntegrationKey: RDUpdaterKnown.Contact]
  > {
    Load(
      """
      select c.integration_id, c.id, c.standing, c.version, c.told_version,
        c.client_by is not null as is_client_by_sale, l.rd_uuid, l.profile ->> 'email' as email
      from (select distinct i, c from unnest(\(keys.map(\.integration))::text[],
        \(keys.map(\.id))::uuid[]) as u (i, c)) as k
      join contact c on c.integration_id = k.i and c.id = k.c
      join lead l on l.integration_id = c.integration_id and l.contact_id = c.id
      order by l.created_at, l.id
      """
    ) { rows in
      var contacts: [IntegrationKey: RDUpdaterKnown.Contact] = [:]
      for row in rows {
        let key = IntegrationKey(try row.string("integration_id"), try row.identifier("id"))
        guard let standing = ContactStanding(rawValue: try row.string("standing")) else { continue }
        let known = RDUpdaterKnown.Contact(
          standing: standing,
          version: try row.int("version"),
          toldVersion: try row.int("told_version"),
          isClientBySale: try row.bool("is_client_by_sale"),
          people: []
        )
        contacts[key, default: known].people.append(try person(in: row))
      }
      return contacts
    }
  }

  private static func person(in row: Row) throws -> RDPerson {
    RDPerson(uuid: try row.optionalString("rd_uuid"), email: try row.optionalString("email"))
  }

  /// The changes of one opportunity are told one after the other: a loss that is told again after a lost
  /// answer must not come after the reopening, whose mark it would take away.
  ///
  /// Another one's effect about the same opportunity is neither done nor given up; one of more than 7
  /// days ago is not waited for.
  private static func waiting(_ changes: [Taken<RDUpdaterInput>]) -> Load<Set<Identifier>> {
    Load(
      """
      select k.m as message
      from unnest(\(changes.map(\.integration))::text[],
        \(changes.map(\.message.id))::uuid[], \(changes.map(\.input.subject))::uuid[])
        as k (i, m, o)
      where exists (
        select from effect e
        where e.integration_id = k.i and e.subject_id = k.o and e.kind = 'rd.events' and e.id <> k.m
          and e.sent_at > now() - interval '7 days'
          and not exists (select from receipt r where r.integration_id = k.i
            and r.message_id = e.id offset 0)
          and not exists (select from dead_letter d where d.integration_id = k.i
            and d.id = e.id and d.state in ('open', 'discarded') offset 0)
        offset 0)
      """,
      element: { try $0.identifier("message") }
    )
  }

  package func writes(_ claims: [RDClaim], _ known: RDUpdaterKnown) -> [Write] {
    var opportunities: [(key: IntegrationKey, state: OpportunityState)] = []
    var contacts: [(key: IntegrationKey, version: Int)] = []
    for claim in claims {
      switch claim {
      case .opportunity(let key, let state): opportunities.append((key, state))
      case .contact(let key, let version): contacts.append((key, version))
      }
    }
    return Self.told(opportunities) + Self.told(contacts)
  }

  private static func told(_ claims: [(key: IntegrationKey, state: OpportunityState)]) -> [Write] {
    guard !claims.isEmpty else { return [] }
    return [
      Write(.opportunity) { after in
        RowOrder.updating(
          "opportunity",
          set: """
            told_change = k.v, told_version = least(k.v, 2147483647), told_status = k.s, stage = k.g
            """,
          from: """
            (select distinct on (i, id) i, id, v, s, g from unnest(
              \(claims.map(\.key.integration))::text[], \(claims.map(\.key.id))::uuid[],
              \(claims.map(\.state.version))::bigint[], \(claims.map(\.state.status.rawValue))::text[],
              \(claims.map(\.state.stage))::text[]) as u (i, id, v, s, g) order by i, id, v desc) as k
            """,
          where: "greatest(r.told_version, r.told_change) < k.v",
          after: after
        )
      }
    ]
  }

  private static func told(_ claims: [(key: IntegrationKey, version: Int)]) -> [Write] {
    guard !claims.isEmpty else { return [] }
    return [
      Write(.contact) { after in
        RowOrder.updating(
          "contact",
          set: "told_version = k.v",
          from: """
            (select i, id, max(v) as v from unnest(\(claims.map(\.key.integration))::text[],
              \(claims.map(\.key.id))::uuid[], \(claims.map(\.version))::int[]) as u (i, id, v)
              group by i, id) as k
            """,
          where: "r.told_version < k.v",
          after: after
        )
      }
    ]
  }
}

extension Taken<RDUpdaterInput> {
  fileprivate var subjectKey: IntegrationKey? { input.subject.map(key) }
}
