import Leads
import Postgres
import Belt

/// The rows that a decision of the centralizer adds: each contact and company once a batch, as one
/// statement cannot write a row twice, and in one order, so that two batches cannot wait for each other.
enum IdentityRows {
  typealias Decided = (subject: CentralStore.Subject, keys: LeadKeys, decision: CentralDecision)

  static func companies(_ decided: [Decided]) -> [SQL] {
    var named: [IntegrationKey: String] = [:]
    var companies: [IntegrationKey] = []
    for item in decided {
      guard let company = item.decision.company else { continue }
      let key = IntegrationKey(item.subject.message.integration, company.id)
      // A contact's own company keeps its name, whatever this lead calls it.
      if case .ofContact = company { continue }
      if !companies.contains(key) { companies.append(key) }
      if named[key] == nil { named[key] = item.keys.companyName }
    }
    guard !companies.isEmpty else { return [] }
    return [
      """
      insert into company (integration_id, id, name)
      select i, c, n from unnest(\(companies.map(\.integration))::text[],
        \(companies.map(\.id))::uuid[], \(companies.map { named[$0] })::text[]) as k (i, c, n)
      order by i, c
      on conflict (integration_id, id) do update set name = coalesce(company.name, excluded.name)
      where company.name is null and excluded.name is not null
      """
    ]
  }

  static func contacts(_ decided: [Decided]) -> SQL {
    struct Contact {
      var name: String?, email: String?, mobile: String?, company: Identifier?
    }
    var contacts: [IntegrationKey: Contact] = [:]
    var order: [IntegrationKey] = []
    for item in decided {
      let lead = item.subject.lead
      let key = IntegrationKey(item.subject.message.integration, item.decision.contact.id)
      if contacts[key] == nil { order.append(key) }
      let known = contacts[key]
      contacts[key] = Contact(
        name: known?.name ?? lead.name?.nonBlank,
        email: known?.email ?? lead.email?.nonBlank,
        mobile: known?.mobile ?? lead.mobilePhone?.nonBlank,
        company: known?.company ?? item.decision.company?.id
      )
    }
    return """
      insert into contact (integration_id, id, name, email, mobile_phone, company_id)
      select i, c, n, e, p, f from unnest(\(order.map(\.integration))::text[],
        \(order.map(\.id))::uuid[], \(order.map { contacts[$0]?.name })::text[],
        \(order.map { contacts[$0]?.email })::text[],
        \(order.map { contacts[$0]?.mobile })::text[],
        \(order.map { contacts[$0]?.company })::uuid[]) as k (i, c, n, e, p, f)
      order by i, c
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

  /// The new keys, a mobile number with its first bearer.
  static func identities(_ decided: [Decided]) -> [SQL] {
    struct Key { let integration: String, key: MatchKey, subject: Identifier, bearer: Identifier? }
    let keys = decided.flatMap { item in
      let integration = item.subject.message.integration
      let contact = item.decision.contactKeys.map { key in
        Key(
          integration: integration,
          key: key,
          subject: item.decision.contact.id,
          bearer: key.kind == .mobile ? item.keys.bearer : nil
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
      """
      insert into identity (integration_id, kind, value, subject_id, bearers)
      select i, k, v, s, array_remove(array[b], null)
      from unnest(\(keys.map(\.integration))::text[], \(keys.map(\.key.kind.rawValue))::text[],
        \(keys.map(\.key.value))::text[], \(keys.map(\.subject))::uuid[],
        \(keys.map(\.bearer))::uuid[]) as u (i, k, v, s, b)
      """
    ]
  }

  /// Further bearers of mobile numbers that were known.
  static func bearers(_ decided: [Decided]) -> [SQL] {
    let carried = decided.flatMap { item -> [(String, MatchKey, Identifier)] in
      guard let bearer = item.keys.bearer else { return [] }
      return item.decision.newlyCarried.filter { !item.decision.contactKeys.contains($0) }
        .map { (item.subject.message.integration, $0, bearer) }
    }
    guard !carried.isEmpty else { return [] }
    return [
      """
      update identity d set bearers = d.bearers || w.b
      from (select i, k, v, array_agg(b) as b from unnest(\(carried.map(\.0))::text[],
        \(carried.map(\.1.kind.rawValue))::text[], \(carried.map(\.1.value))::text[],
        \(carried.map(\.2))::uuid[]) as u (i, k, v, b) group by i, k, v) as w
      where d.integration_id = w.i and d.kind = w.k and d.value = w.v
      """
    ]
  }
}

extension CentralKnowledge {
  /// Takes in a row of ``CentralStore/knowledge(of:on:)``.
  mutating func learn(_ row: Row) throws {
    guard let kind = MatchKey.Kind(rawValue: try row.string(1)) else { return }
    let key = MatchKey(kind, try row.string(2))
    let subject = try row.identifier(3)
    let company = try row.optionalIdentifier(6)
    if kind.isOfPerson {
      contacts[key] = subject
      bearers[key] = Set(try row.strings(4).compactMap { Identifier($0) })
      contactNames[subject] = try row.optionalString(5).flatMap(PersonName.init)
      companyOfContact[subject] = company
    } else {
      companies[key] = subject
    }
    guard let company else { return }
    companyNames[company] = try row.optionalString(7).flatMap(CompanyName.init)?.key
    if try row.bool(8) { taxedCompanies.insert(company) }
  }
}
