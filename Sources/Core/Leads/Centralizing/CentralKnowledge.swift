package import Belt

/// The keys of one integration that are known, as far as a batch needs them; grows as the batch is
/// decided, so that two leads of one person in a batch are one contact.
package struct CentralKnowledge: Sendable, Hashable {
  /// From this many bearers on, a mobile number says nothing alone: it is a reception's or a family's.
  static let bearersOfASharedNumber = 3

  package var contacts: [MatchKey: Identifier] = [:]
  package var companies: [MatchKey: Identifier] = [:]
  package var companyOfContact: [Identifier: Identifier] = [:]
  /// As they were first given; absent for one that has none.
  package var contactNames: [Identifier: PersonName] = [:]
  /// Folded, without legal form.
  package var companyNames: [Identifier: String] = [:]
  /// The companies that have a valid tax number.
  package var taxedCompanies: Set<Identifier> = []
  /// Who was seen to carry a mobile number, at most ``bearersOfASharedNumber``.
  package var bearers: [MatchKey: Set<Identifier>] = [:]

  package init() {}

  /// Takes in what a decision adds, as the database will hold it after the commit.
  package mutating func learn(_ decision: CentralDecision, of keys: LeadKeys) {
    let contact = decision.contact.id
    for key in decision.contactKeys { contacts[key] = contact }
    if let name = keys.name, contactNames[contact] == nil { contactNames[contact] = name }
    if let bearer = keys.bearer {
      for key in decision.newlyCarried { bearers[key, default: []].insert(bearer) }
    }
    guard let company = decision.company?.id else { return }
    for key in decision.companyKeys { companies[key] = company }
    if let name = keys.companyNameKey, companyNames[company] == nil { companyNames[company] = name }
    if decision.companyKeys.contains(where: { $0.kind == .taxID && !keys.weak.contains($0) }) {
      taxedCompanies.insert(company)
    }
    if companyOfContact[contact] == nil { companyOfContact[contact] = company }
  }

  func isShared(_ key: MatchKey) -> Bool {
    (bearers[key]?.count ?? 0) >= Self.bearersOfASharedNumber
  }

  /// Whether a company that bears the lead's company name has a tax number, and it is another one.
  func isNamesake(_ key: MatchKey, of keys: LeadKeys) -> Bool {
    guard key.kind == .companyName, let company = companies[key], taxedCompanies.contains(company)
    else { return false }
    let numbers = keys.company.filter { $0.kind == .taxID && !keys.weak.contains($0) }
    return !numbers.isEmpty && numbers.allSatisfy { companies[$0] == nil }
  }

  /// The mobile numbers that did not have this bearer yet.
  func newlyCarried(_ keys: LeadKeys) -> [MatchKey] {
    guard let bearer = keys.bearer else { return [] }
    return keys.person.filter { key in
      key.kind == .mobile && !isShared(key) && bearers[key]?.contains(bearer) != true
    }
  }
}
