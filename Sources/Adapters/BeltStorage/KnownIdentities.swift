package import Leads
import Postgres
import Belt

/// Whom the keys of leads lead to, as the database knows it.
extension CentralKnowledge {
  /// By integration.
  ///
  /// Locks the keys: who meets at one of them takes turns until the transactions end.
  package static func load(of keys: [(integration: String, keys: LeadKeys)]) -> Load<
    [String: CentralKnowledge]
  > {
    let all = keys.flatMap { entry in
      (entry.keys.person + entry.keys.company).map { (entry.integration, $0) }
    }
    return Load(
      Load(
        locking: Lock.taking(
          all.map { "identity:\($0.0):\($0.1.kind.rawValue):\($0.1.value)" }
        )
      ),
      Load(
        """
        select d.integration_id, d.kind, d.value, d.subject_id, d.bearers, c.name as contact,
          f.id as company_id, f.name as company,
          d.kind = 'company_name' and exists (select from identity t
            where t.integration_id = f.integration_id and t.subject_id = f.id
              and t.kind = 'tax_id' and t.value not like 'invalid:%') as is_taxed
        from (select distinct i, k, v from unnest(\(all.map(\.0))::text[],
          \(all.map(\.1.kind.rawValue))::text[], \(all.map(\.1.value))::text[]) as u (i, k, v)) as w
        join identity d on d.integration_id = w.i and d.kind = w.k and d.value = w.v
        left join contact c on c.integration_id = d.integration_id and c.id = d.subject_id
        left join company f on f.integration_id = d.integration_id
          and f.id = coalesce(c.company_id, d.subject_id)
        """,
        read: known
      )
    ) { _, known in known }
  }

  @Sendable private static func known(in rows: Rows) throws -> [String: CentralKnowledge] {
    var known: [String: CentralKnowledge] = [:]
    for row in rows {
      try known[row.string("integration_id"), default: CentralKnowledge()].learn(row)
    }
    return known
  }

  private mutating func learn(_ row: Row) throws {
    guard let kind = MatchKey.Kind(rawValue: try row.string("kind")) else { return }
    let key = MatchKey(kind, try row.string("value"))
    let subject = try row.identifier("subject_id")
    let company = try row.optionalIdentifier("company_id")
    if kind.isOfPerson {
      contacts[key] = subject
      bearers[key] = Set(try row.strings("bearers").compactMap { Identifier($0) })
      contactNames[subject] = try row.optionalString("contact").flatMap(PersonName.init)
      companyOfContact[subject] = company
    } else {
      companies[key] = subject
    }
    guard let company else { return }
    companyNames[company] = try row.optionalString("company").flatMap(CompanyName.init)?.key
    if try row.bool("is_taxed") { taxedCompanies.insert(company) }
  }
}
