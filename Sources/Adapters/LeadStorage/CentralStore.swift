package import Leads
package import Postgres
package import Workers

/// What the centralizer loads and commits.
package enum CentralStore {
  /// One imported event with its lead.
  package struct Subject: Sendable {
    package let message: Message
    package let body: LeadImported
    package let lead: LeadProfile

    package init(message: Message, body: LeadImported, lead: LeadProfile) {
      self.message = message
      self.body = body
      self.lead = lead
    }
  }

  package static func loading(_ bodies: [(message: Message, body: LeadImported)]) -> [SQL] {
    [LeadRows.reading(bodies.map { IntegrationKey($0.message.integration, $0.body.lead) })]
  }

  /// Locks the keys of all leads, then reads to whom they lead now.
  package static func knowledge(
    of keys: [(integration: String, keys: LeadKeys)],
    on connection: isolated PostgresConnection
  ) throws -> [String: CentralKnowledge] {
    let all = keys.flatMap { entry in
      (entry.keys.person + entry.keys.company).map { (entry.integration, $0) }
    }
    let rows = try connection.run([
      Lock.taking(all.map { "identity:\($0.0):\($0.1.kind.rawValue):\($0.1.value)" }),
      """
      select d.integration_id, d.kind, d.value, d.subject_id, c.company_id
      from (select distinct i, k, v from unnest(\(all.map(\.0))::text[],
        \(all.map(\.1.kind.rawValue))::text[], \(all.map(\.1.value))::text[]) as u (i, k, v)) as w
      join identity d on d.integration_id = w.i and d.kind = w.k and d.value = w.v
      left join contact c on c.integration_id = d.integration_id and c.id = d.subject_id
      """,
    ])
    var knowledge: [String: CentralKnowledge] = [:]
    for row in rows[1] {
      guard let kind = MatchKey.Kind(rawValue: try row.string(1)) else { continue }
      let integration = try row.string(0)
      let key = MatchKey(kind, try row.string(2))
      let subject = try row.identifier(3)
      switch kind {
      case .rdUUID, .email, .mobile:
        knowledge[integration, default: .init()].contacts[key] = subject
      case .taxID, .companyName: knowledge[integration, default: .init()].companies[key] = subject
      }
      if let company = try row.optionalIdentifier(4) {
        knowledge[integration, default: .init()].companyOfContact[subject] = company
      }
    }
    return knowledge
  }

  package static func writes(
    _ decided: [(subject: Subject, keys: LeadKeys, decision: CentralDecision)]
  ) -> [SQL] {
    let integrations = decided.map(\.subject.message.integration)
    let identities = decided.flatMap { item in
      let integration = item.subject.message.integration
      let persons = item.decision.contactKeys.map { (integration, $0, item.decision.contact.id) }
      let companies = item.decision.company.map { company in
        item.decision.companyKeys.map { (integration, $0, company.id) }
      }
      return persons + (companies ?? [])
    }
    let companies = decided.compactMap { item in
      item.decision.company.map {
        (item.subject.message.integration, $0.id, item.keys.companyName)
      }
    }
    var writes: [SQL] = []
    if !companies.isEmpty {
      writes.append(
        """
        insert into company (integration_id, id, name)
        select distinct on (i, c) i, c, n from unnest(\(companies.map(\.0))::text[],
          \(companies.map(\.1))::uuid[], \(companies.map(\.2))::text[]) as k (i, c, n)
        on conflict (integration_id, id) do update set name = coalesce(company.name, excluded.name)
        where company.name is null
        """
      )
    }
    writes.append(
      """
      insert into contact (integration_id, id, name, email, mobile_phone, company_id)
      select distinct on (i, c) i, c, n, e, p, f from unnest(\(integrations)::text[],
        \(decided.map(\.decision.contact.id))::uuid[], \(decided.map(\.subject.lead.name))::text[],
        \(decided.map(\.subject.lead.email))::text[],
        \(decided.map(\.subject.lead.mobilePhone))::text[],
        \(decided.map { $0.decision.company?.id })::uuid[]) as k (i, c, n, e, p, f)
      on conflict (integration_id, id) do update set
        company_id = coalesce(contact.company_id, excluded.company_id)
      where contact.company_id is null and excluded.company_id is not null
      """
    )
    if !identities.isEmpty {
      writes.append(
        """
        insert into identity (integration_id, kind, value, subject_id)
        select i, k, v, s from unnest(\(identities.map(\.0))::text[],
          \(identities.map(\.1.kind.rawValue))::text[], \(identities.map(\.1.value))::text[],
          \(identities.map(\.2))::uuid[]) as u (i, k, v, s)
        """
      )
    }
    writes.append(
      """
      update lead l set contact_id = k.c, company_id = k.f
      from (select distinct on (i, l) i, l, c, f from unnest(\(integrations)::text[],
        \(decided.map(\.subject.body.lead))::uuid[],
        \(decided.map(\.decision.contact.id))::uuid[],
        \(decided.map { $0.decision.company?.id })::uuid[]) as u (i, l, c, f)) as k
      where l.integration_id = k.i and l.id = k.l
        and (l.contact_id, l.company_id) is distinct from (k.c, k.f)
      """
    )
    writes.append(
      """
      update conversion v set contact_id = k.c, company_id = k.f
      from unnest(\(integrations)::text[], \(decided.map(\.subject.body.event))::uuid[],
        \(decided.map(\.decision.contact.id))::uuid[],
        \(decided.map { $0.decision.company?.id })::uuid[]) as k (i, e, c, f)
      where v.integration_id = k.i and v.id = k.e
      """
    )
    return writes
  }
}

/// Reading the profiles of leads.
enum LeadRows {
  static func reading(_ leads: [IntegrationKey]) -> SQL {
    """
    select l.integration_id, l.id, l.profile, l.custom_fields
    from (select distinct i, l from unnest(\(leads.map(\.integration))::text[],
      \(leads.map(\.id))::uuid[]) as u (i, l)) as k
    join lead l on l.integration_id = k.i and l.id = k.l
    """
  }

  static func profiles(in rows: Rows) throws -> [IntegrationKey: LeadProfile] {
    var profiles: [IntegrationKey: LeadProfile] = [:]
    for row in rows {
      profiles[IntegrationKey(try row.string(0), try row.identifier(1))] = LeadProfile(
        json: try row.json(2),
        customFields: try row.json(3)
      )
    }
    return profiles
  }
}

extension CentralStore {
  package static func profiles(in rows: [Rows]) throws -> [IntegrationKey: LeadProfile] {
    try LeadRows.profiles(in: rows[0])
  }
}
