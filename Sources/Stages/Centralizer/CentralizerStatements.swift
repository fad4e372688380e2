package import BeltStorage
package import Leads
import Postgres
import Belt

/// What the centralizer reads and writes.
extension CentralizerStage {
  package func load(_ taken: [Taken<LeadImported>]) -> Load<[IntegrationKey: LeadProfile]> {
    let leads = taken.map { $0.key($0.input.lead) }
    return Load(
      """
      select l.integration_id, l.id, l.profile, l.custom_fields
      from (select distinct i, l from unnest(\(leads.map(\.integration))::text[],
        \(leads.map(\.id))::uuid[]) as u (i, l)) as k
      join lead l on l.integration_id = k.i and l.id = k.l
      """,
      entry: { row in
        (
          IntegrationKey(try row.string("integration_id"), try row.identifier("id")),
          LeadProfile(json: try row.json("profile"), customFields: try row.json("custom_fields"))
        )
      }
    )
  }

  /// To whom the keys of the leads lead now; they are locked first.
  package func load(
    _ items: [Item<LeadImported>],
    having leads: [IntegrationKey: LeadProfile]
  ) -> Load<CentralizerKnown> {
    var subjects: [Identifier: CentralizerKnown.Subject] = [:]
    for item in items {
      subjects[item.message.id] = leads[item.key(item.input.lead)].map {
        CentralizerKnown.Subject($0, under: item.settings)
      }
    }
    let keys = items.compactMap { item in
      subjects[item.message.id].map { (item.integration, $0.keys) }
    }
    return Load(CentralKnowledge.load(of: keys)) { [subjects] central in
      CentralizerKnown(subjects: subjects, central: central)
    }
  }

  package func writes(_ decided: [Centralized], _ known: CentralizerKnown) -> [Write] {
    Self.companies(decided) + Self.contacts(decided) + Self.identities(decided)
      + Self.bearers(decided) + Self.links(decided)
  }

  /// From the lead and its event to who they are.
  private static func links(_ decided: [Centralized]) -> [Write] {
    guard !decided.isEmpty else { return [] }
    let integrations = decided.map(\.integration)
    let contacts = decided.map(\.decision.contact.id)
    let companies = decided.map { $0.decision.company?.id }
    return [
      Write(.lead) { after in
        RowOrder.updating(
          "lead",
          set: "contact_id = k.c, company_id = k.f",
          from: """
            (select distinct on (i, id) i, id, c, f from unnest(\(integrations)::text[],
              \(decided.map(\.event.lead))::uuid[], \(contacts)::uuid[],
              \(companies)::uuid[]) as u (i, id, c, f)) as k
            """,
          where: "(r.contact_id, r.company_id) is distinct from (k.c, k.f)",
          after: after
        )
      },
      Write(.conversion) { after in
        RowOrder.updating(
          "conversion",
          set: "contact_id = k.c, company_id = k.f",
          from: """
            unnest(\(integrations)::text[], \(decided.map(\.event.event))::uuid[],
              \(contacts)::uuid[], \(companies)::uuid[]) as k (i, id, c, f)
            """,
          after: after
        )
      },
    ]
  }

  // Each contact and company stands once in its statement, which cannot write a row twice, and in the
  // order of its id.

  private static func companies(_ decided: [Centralized]) -> [Write] {
    var named: [IntegrationKey: String] = [:]
    var companies: [IntegrationKey] = []
    for item in decided {
      guard let company = item.decision.company else { continue }
      let key = IntegrationKey(item.integration, company.id)
      // A contact's own company keeps its name, whatever this lead calls it.
      if case .ofContact = company { continue }
      if !companies.contains(key) { companies.append(key) }
      if named[key] == nil { named[key] = item.subject.keys.companyName }
    }
    guard !companies.isEmpty else { return [] }
    return [
      Write(.company) { [companies, named] after in
        """
        insert into company (integration_id, id, name)
        select i, c, n from unnest(\(companies.map(\.integration))::text[],
          \(companies.map(\.id))::uuid[], \(companies.map { named[$0] })::text[]) as k (i, c, n)
        where \(after) order by i, c
        on conflict (integration_id, id) do update set name = coalesce(company.name, excluded.name)
        where company.name is null and excluded.name is not null
        """
      }
    ]
  }

  private static func contacts(_ decided: [Centralized]) -> [Write] {
    struct Contact {
      var name: String?, email: String?, mobile: String?, company: Identifier?
    }
    var contacts: [IntegrationKey: Contact] = [:]
    var order: [IntegrationKey] = []
    for item in decided {
      let lead = item.subject.lead
      let key = IntegrationKey(item.integration, item.decision.contact.id)
      if contacts[key] == nil { order.append(key) }
      let known = contacts[key]
      contacts[key] = Contact(
        name: known?.name ?? lead.name?.nonBlank,
        email: known?.email ?? lead.email?.text.nonBlank,
        mobile: known?.mobile ?? lead.mobilePhone?.nonBlank,
        company: known?.company ?? item.decision.company?.id
      )
    }
    return [
      Write(.contact) { [contacts, order] after in
        """
        insert into contact (integration_id, id, name, email, mobile_phone, company_id)
        select i, c, n, e, p, f from unnest(\(order.map(\.integration))::text[],
          \(order.map(\.id))::uuid[], \(order.map { contacts[$0]?.name })::text[],
          \(order.map { contacts[$0]?.email })::text[],
          \(order.map { contacts[$0]?.mobile })::text[],
          \(order.map { contacts[$0]?.company })::uuid[]) as k (i, c, n, e, p, f)
        where \(after) order by i, c
        on conflict (integration_id, id) do update set
          name = coalesce(contact.name, excluded.name),
          email = coalesce(contact.email, excluded.email),
          mobile_phone = coalesce(contact.mobile_phone, excluded.mobile_phone),
          company_id = coalesce(contact.company_id, excluded.company_id)
        where contact.name is null and excluded.name is not null
          or contact.email is null and excluded.email is not null
          or contact.mobile_phone is null and excluded.mobile_phone is not null
          or contact.company_id is null and excluded.company_id is not null
        """
      }
    ]
  }

  /// The new keys, a mobile number with its first bearer.
  private static func identities(_ decided: [Centralized]) -> [Write] {
    struct Key { let integration: String, key: MatchKey, subject: Identifier, bearer: Identifier? }
    let keys = decided.flatMap { item in
      let integration = item.integration
      let contact = item.decision.contactKeys.map { key in
        Key(
          integration: integration,
          key: key,
          subject: item.decision.contact.id,
          bearer: key.kind == .mobile ? item.subject.keys.bearer : nil
        )
      }
      let company = item.decision.company.map { company in
        item.decision.companyKeys.map { key in
          Key(integration: integration, key: key, subject: company.id, bearer: nil)
        }
      }
      return contact + (company ?? [])
    }
    guard !keys.isEmpty else { return [] }
    return [
      Write(.identity) { after in
        """
        insert into identity (integration_id, kind, value, subject_id, bearers)
        select i, k, v, s, array_remove(array[b], null)
        from unnest(\(keys.map(\.integration))::text[], \(keys.map(\.key.kind.rawValue))::text[],
          \(keys.map(\.key.value))::text[], \(keys.map(\.subject))::uuid[],
          \(keys.map(\.bearer))::uuid[]) as u (i, k, v, s, b)
        where \(after) order by i, k, v
        """
      }
    ]
  }

  /// Further bearers of mobile numbers that were known.
  private static func bearers(_ decided: [Centralized]) -> [Write] {
    let carried = decided.flatMap { item -> [(String, MatchKey, Identifier)] in
      guard let bearer = item.subject.keys.bearer else { return [] }
      return item.decision.newlyCarried.filter { !item.decision.contactKeys.contains($0) }
        .map { (item.integration, $0, bearer) }
    }
    guard !carried.isEmpty else { return [] }
    return [
      Write(.identity) { after in
        RowOrder.updating(
          "identity",
          set: "bearers = r.bearers || k.b",
          from: """
            (select i, k, v, array_agg(b) as b from unnest(\(carried.map(\.0))::text[],
              \(carried.map(\.1.kind.rawValue))::text[], \(carried.map(\.1.value))::text[],
              \(carried.map(\.2))::uuid[]) as u (i, k, v, b) group by i, k, v) as k
            """,
          on: "r.integration_id = k.i and r.kind = k.k and r.value = k.v",
          order: "r.integration_id, r.kind, r.value",
          after: after
        )
      }
    ]
  }
}
