package import Leads
package import Postgres
package import Belt

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
      select d.integration_id, d.kind, d.value, d.subject_id, d.bearers, c.name, f.id, f.name,
        d.kind = 'company_name' and exists (select from identity t
          where t.integration_id = f.integration_id and t.subject_id = f.id
            and t.kind = 'tax_id' and t.value not like 'invalid:%')
      from (select distinct i, k, v from unnest(\(all.map(\.0))::text[],
        \(all.map(\.1.kind.rawValue))::text[], \(all.map(\.1.value))::text[]) as u (i, k, v)) as w
      join identity d on d.integration_id = w.i and d.kind = w.k and d.value = w.v
      left join contact c on c.integration_id = d.integration_id and c.id = d.subject_id
      left join company f on f.integration_id = d.integration_id
        and f.id = coalesce(c.company_id, d.subject_id)
      """,
    ])
    var knowledge: [String: CentralKnowledge] = [:]
    for row in rows[1] {
      try knowledge[row.string(0), default: CentralKnowledge()].learn(row)
    }
    return knowledge
  }

  package static func writes(
    _ decided: [(subject: Subject, keys: LeadKeys, decision: CentralDecision)]
  ) -> [SQL] {
    let integrations = decided.map(\.subject.message.integration)
    var writes = IdentityRows.companies(decided) + [IdentityRows.contacts(decided)]
    writes += IdentityRows.identities(decided) + IdentityRows.bearers(decided)
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
