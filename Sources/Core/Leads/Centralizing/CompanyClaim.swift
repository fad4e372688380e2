/// What a lead says of its company's name, weighed against the person's own name (B048, R11).
struct CompanyClaim {
  /// Nil when there is no company to be made.
  let name: CompanyName?
  /// The name is the person's, so it finds no company; only a tax number does.
  let isPersonName: Bool
  /// The lead named a company, and it was not believed.
  let isRefused: Bool

  /// Weighs the company's name.
  ///
  /// `allowsPersonName`: the settings give a lead's own name to a company. `hasTaxID`: a valid tax
  /// number shows that there is a company, whose name may be its owner's.
  init(of lead: LeadProfile, name: PersonName?, allowsPersonName: Bool, hasTaxID: Bool) {
    let claimed = lead.company.flatMap(CompanyName.init)
    if allowsPersonName {
      self.name = claimed ?? lead.name.flatMap(CompanyName.init)
      isPersonName = false
      isRefused = false
    } else {
      let isOwnName = claimed.map { Self.isName(of: name, $0) } ?? false
      self.name = isOwnName && !hasTaxID ? nil : claimed
      isPersonName = isOwnName
      isRefused = isOwnName && !hasTaxID
    }
  }

  /// The person's whole name, or one word that is the first name; a legal form makes it another name.
  private static func isName(of person: PersonName?, _ company: CompanyName) -> Bool {
    guard let person, let claimed = PersonName(company.original) else { return false }
    return claimed == person || claimed.key == person.first
  }
}
