private import Workers

/// A normalised key that names one person or one company of an integration; unique in PostgreSQL.
package struct MatchKey: Sendable, Hashable {
  package enum Kind: String, Sendable, CaseIterable {
    // Of a person, strongest first (R13).
    case rdUUID = "rd_uuid"
    case email
    case mobile
    // Of a company, strongest first (R14).
    case taxID = "tax_id"
    case companyName = "company_name"

    package var word: String {
      switch self {
      case .rdUUID: "RD Station id"
      case .email: "e-mail"
      case .mobile: "mobile number"
      case .taxID: "tax number"
      case .companyName: "company name"
      }
    }
  }

  package let kind: Kind
  package let value: String

  package init(_ kind: Kind, _ value: String) {
    self.kind = kind
    self.value = value
  }
}

/// The keys of a lead, strongest first.
package struct LeadKeys: Sendable, Hashable {
  package let person: [MatchKey]
  package let company: [MatchKey]
  /// The company's name as the CRM will show it; nil creates none.
  package let companyName: String?

  package init(of lead: LeadProfile, settings: Settings) {
    person =
      [
        lead.rdUUID.map { MatchKey(.rdUUID, $0) },
        lead.email.flatMap(EmailAddress.init).map { MatchKey(.email, $0.key) },
        (lead.mobilePhone ?? lead.personalPhone).flatMap(PhoneKey.init).map {
          MatchKey(.mobile, $0.digits)
        },
      ].compactMap(\.self)
    // A person's name becomes a company's only when the settings say so (B048, R11).
    let nameless = settings.centralizeBy == .company && settings.leadNameAsCompany
    companyName = lead.company?.nonBlank ?? (nameless ? lead.name?.nonBlank : nil)
    let taxID = settings.taxIDField.flatMap { lead.field($0) }.flatMap(TaxIDKey.init)
    company =
      [
        taxID.map { MatchKey(.taxID, $0.value) },
        companyName.flatMap(CompanyKey.init).map { MatchKey(.companyName, $0.folded) },
      ].compactMap(\.self)
  }
}
