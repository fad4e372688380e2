package import Belt

/// What identifies the person and the company of a lead.
package struct LeadKeys: Sendable, Hashable {
  /// Strongest first.
  package let person: [MatchKey]
  /// Strongest first.
  package let company: [MatchKey]
  /// The keys that people or companies share by their nature: a desk's e-mail address, a landline, the
  /// second reading of a number, a tax number that fails its check.
  package let weak: Set<MatchKey>
  package let name: PersonName?
  /// Who carries the lead's mobile number, as far as telling people apart goes; nil when nothing says.
  package let bearer: Identifier?
  /// The company's name as the CRM will show it; nil creates none.
  package let companyName: String?
  /// The company's name for comparing, whether or not the CRM is searched by it.
  package let companyNameKey: String?
  /// The body's company name was the person's own, so it was not taken for a company (B048).
  package let refusesCompanyName: Bool
  /// The tax number was read with the zeros in front that it had lost.
  package let restoresZeros: Bool

  /// Reads the keys that count for the integration's CRM.
  ///
  /// `crmID`: the CRM's own id of the contact, where a body brings one.
  package init(of profile: LeadProfile, settings: Settings, crmID: String? = nil) {
    // A profile may have been stored before its fillers were known as such.
    let lead = profile.withoutFillers(in: settings)
    let country = lead.country.flatMap(Country.init(anyOf:)) ?? settings.crm.traits.country
    let email = lead.email.flatMap(EmailAddress.init).flatMap { $0.isFiller ? nil : $0 }
    name = lead.name.flatMap(PersonName.init)
    var person = KeyList(counting: settings.crm.traits.personKeys)
    person.add(.rdUUID, lead.rdUUID)
    person.add(.crmID, crmID)
    person.add(.email, email?.key, isWeak: email?.isRole == true)
    person.add(lead.mobilePhone.flatMap { PhoneNumber($0, in: country) }, isMobileField: true)
    person.add(lead.personalPhone.flatMap { PhoneNumber($0, in: country) }, isMobileField: false)
    self.person = person.keys
    // The first name: people spell the rest in many ways, and two people of one name are still two
    // when a third comes.
    let mark = name.map { "\($0.first)" } ?? email?.key ?? lead.rdUUID
    bearer = mark.map { Identifier(derivedFrom: "bearer", $0) }

    let taxID = settings.taxIDField.flatMap { lead.field($0) }.flatMap { TaxID($0, in: country) }
    restoresZeros = taxID?.hadLostZeros == true
    let claim = CompanyClaim(
      of: lead,
      name: name,
      allowsPersonName: settings.centralizeBy == .company && settings.leadNameAsCompany,
      hasTaxID: taxID?.isValid == true
    )
    var company = KeyList(counting: settings.crm.traits.companyKeys)
    for key in taxID?.keys ?? [] { company.add(.taxID, key, isWeak: taxID?.isValid != true) }
    if !claim.isPersonName { company.add(.companyName, claim.name?.key) }
    self.company = company.keys
    companyName = claim.name?.original
    companyNameKey = claim.isPersonName ? nil : claim.name?.key
    refusesCompanyName = claim.isRefused
    weak = person.weak.union(company.weak)
  }
}

/// Keys in order of strength, each once.
private struct KeyList {
  private let counting: Set<MatchKey.Kind>
  private var entries: [(key: MatchKey, isWeak: Bool)] = []

  init(counting: Set<MatchKey.Kind>) { self.counting = counting }

  var keys: [MatchKey] {
    MatchKey.Kind.allCases.flatMap { kind in
      entries.map(\.key).filter { $0.kind == kind }
    }
  }

  var weak: Set<MatchKey> { Set(entries.filter(\.isWeak).map(\.key)) }

  mutating func add(_ kind: MatchKey.Kind, _ value: String?, isWeak: Bool = false) {
    guard let value, counting.contains(kind) else { return }
    let key = MatchKey(kind, value)
    if let known = entries.firstIndex(where: { $0.key == key }) {
      entries[known].isWeak = entries[known].isWeak && isWeak
    } else {
      entries.append((key, isWeak))
    }
  }

  /// Only the form that is current: every spelling leads to it.
  ///
  /// A number of another country that stands in the field for mobile numbers is believed to be one.
  mutating func add(_ number: PhoneNumber?, isMobileField: Bool) {
    guard let number else { return }
    let isForeign = number.kind == .unknown && number.e164 != nil
    let isMobile = number.kind == .mobile || isForeign && isMobileField
    add(isMobile ? .mobile : .phone, number.reading.matchKeys.first, isWeak: !isMobile)
    guard let other = number.alternative else { return }
    add(other.kind == .mobile ? .mobile : .phone, other.matchKeys.first, isWeak: true)
  }
}
