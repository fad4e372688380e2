package import Workers

/// Which contact and which company one lead is.
package struct CentralDecision: Sendable, Hashable {
  package enum Match: Sendable, Hashable {
    /// Known by this key; nothing is created.
    case known(Identifier, by: MatchKey.Kind)
    case new(Identifier)

    package var id: Identifier {
      switch self {
      case .known(let id, _), .new(let id): id
      }
    }
  }

  package let contact: Match
  /// Nil when the lead names no company and its contact has none.
  package let company: Match?
  /// Keys that from now on lead to the contact and to the company; none of them is taken.
  package let contactKeys: [MatchKey]
  package let companyKeys: [MatchKey]
  /// Keys that lead to somebody else: the strongest key won, and this is kept as a warning (R13).
  package let conflicts: [MatchKey.Kind]

  package init(
    for keys: LeadKeys,
    lead: Identifier,
    knowing known: CentralKnowledge,
    integration: String
  ) {
    let person = Self.match(
      keys.person,
      known.contacts,
      orNew: { first in
        Identifier(
          derivedFrom: integration,
          "contact",
          first?.kind.rawValue ?? "lead",
          first?.value ?? lead.description
        )
      }
    )
    contact = person.match
    contactKeys = person.fresh
    if keys.company.isEmpty {
      let own = known.companyOfContact[person.match.id]
      company = own.map { .known($0, by: .rdUUID) }
      companyKeys = []
      conflicts = person.conflicts
    } else {
      let firm = Self.match(
        keys.company,
        known.companies,
        orNew: { first in
          Identifier(
            derivedFrom: integration,
            "company",
            first?.kind.rawValue ?? "lead",
            first?.value ?? lead.description
          )
        }
      )
      company = firm.match
      companyKeys = firm.fresh
      conflicts = person.conflicts + firm.conflicts
    }
  }

  private static func match(
    _ keys: [MatchKey],
    _ known: [MatchKey: Identifier],
    orNew make: (MatchKey?) -> Identifier
  ) -> (match: Match, fresh: [MatchKey], conflicts: [MatchKey.Kind]) {
    let hits = keys.compactMap { key in known[key].map { (key, $0) } }
    let fresh = keys.filter { known[$0] == nil }
    guard let (key, id) = hits.first else { return (.new(make(keys.first)), fresh, []) }
    return (.known(id, by: key.kind), fresh, hits.filter { $0.1 != id }.map(\.0.kind))
  }
}

/// The keys of one integration that are known, as far as a batch needs them; grows as the batch is
/// decided, so that two leads of one person in a batch are one contact.
package struct CentralKnowledge: Sendable, Hashable {
  package var contacts: [MatchKey: Identifier] = [:]
  package var companies: [MatchKey: Identifier] = [:]
  package var companyOfContact: [Identifier: Identifier] = [:]

  package init() {}

  package mutating func learn(_ decision: CentralDecision) {
    for key in decision.contactKeys { contacts[key] = decision.contact.id }
    guard let company = decision.company else { return }
    for key in decision.companyKeys { companies[key] = company.id }
    companyOfContact[decision.contact.id] = company.id
  }
}
