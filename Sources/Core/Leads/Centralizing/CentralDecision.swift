package import Belt

/// Which contact and which company one lead is.
///
/// A strong key decides alone. A weak one (``LeadKeys/weak``, or a mobile number that three people carry)
/// is followed only when the name agrees too, or when another kind of key leads to the same person and
/// the names do not differ: a desk's address and the desk's landline are two weak keys that all its
/// colleagues share.
package struct CentralDecision: Sendable, Hashable {
  package enum Match: Sendable, Hashable {
    /// Known by this key; nothing is created.
    case known(Identifier, by: MatchKey.Kind)
    /// The company that the contact has already.
    case ofContact(Identifier)
    case new(Identifier)

    package var id: Identifier {
      switch self {
      case .known(let id, _), .ofContact(let id), .new(let id): id
      }
    }
  }

  package let contact: Match
  /// Nil when the lead names no company and its contact has none.
  package let company: Match?
  /// Keys that from now on lead to the contact and to the company; none of them is taken.
  package let contactKeys: [MatchKey]
  package let companyKeys: [MatchKey]
  /// The lead's mobile numbers that its bearer was not seen with before.
  package let newlyCarried: [MatchKey]
  /// How the two were found.
  package let person: KeyMatch
  package let firm: KeyMatch
  /// The lead's company name was the person's own and made no company.
  package let refusesCompanyName: Bool
  /// The tax number was read with the zeros in front that it had lost.
  package let restoresZeros: Bool

  /// Strong keys that lead to somebody else than the one that was followed.
  package var conflicts: [MatchKey.Kind] { person.conflicts + firm.conflicts }

  package init(
    for keys: LeadKeys,
    lead: Identifier,
    knowing known: CentralKnowledge,
    integration: String
  ) {
    person = Self.person(keys, known)
    let contact = person.match(
      orNew: Self.newContact(keys, person.fresh, lead: lead, integration: integration)
    )
    self.contact = contact
    contactKeys = person.fresh
    newlyCarried = known.newlyCarried(keys)
    firm = Self.firm(keys, known)
    (company, companyKeys) = Self.company(
      keys,
      firm,
      own: known.companyOfContact[contact.id],
      known,
      contact: contact.id,
      integration: integration
    )
    refusesCompanyName = keys.refusesCompanyName
    restoresZeros = keys.restoresZeros
  }

  /// Named by the first key that nobody had, so that a repeated run makes the same contact.
  ///
  /// All keys may be somebody else's; then the lead names it, with the person's name, since RD Station
  /// takes a shared address for one lead.
  private static func newContact(
    _ keys: LeadKeys,
    _ fresh: [MatchKey],
    lead: Identifier,
    integration: String
  ) -> Identifier {
    if let key = fresh.first {
      return Identifier(derivedFrom: integration, "contact", key.kind.rawValue, key.value)
    }
    guard !keys.person.isEmpty, let name = keys.name else {
      return Identifier(derivedFrom: integration, "contact", "lead", lead.description)
    }
    return Identifier(derivedFrom: integration, "contact", "lead", lead.description, name.key)
  }

  /// R14: found by its keys; else the contact's own, where the CRM is not searched by name; else new,
  /// when there is a name for it.
  private static func company(
    _ keys: LeadKeys,
    _ firm: KeyMatch,
    own: Identifier?,
    _ known: CentralKnowledge,
    contact: Identifier,
    integration: String
  ) -> (Match?, [MatchKey]) {
    if let id = firm.id, let kind = firm.decider { return (.known(id, by: kind), firm.fresh) }
    guard keys.companyName != nil else { return (own.map { .ofContact($0) }, []) }
    let isNameSearched = keys.company.contains { $0.kind == .companyName }
    if let own, !isNameSearched {
      let isSame = keys.companyNameKey.map { known.companyNames[own] == $0 } ?? false
      if isSame || keys.company.isEmpty { return (.ofContact(own), isSame ? firm.fresh : []) }
    }
    guard let key = firm.fresh.first else {
      let id = Identifier(derivedFrom: integration, "company", "contact", contact.description)
      return (.new(id), [])
    }
    let id = Identifier(derivedFrom: integration, "company", key.kind.rawValue, key.value)
    return (.new(id), firm.fresh)
  }
}
