/// A normalised key that names one person or one company of an integration; unique in PostgreSQL.
package struct MatchKey: Sendable, Hashable {
  package enum Kind: String, Sendable, CaseIterable {
    // Of a person, strongest first (R13).
    case rdUUID = "rd_uuid"
    case crmID = "crm_id"
    case email
    case mobile
    /// A landline, or a number that is not known to be a mobile one.
    case phone
    // Of a company, strongest first (R14).
    case taxID = "tax_id"
    case companyName = "company_name"

    package var word: String {
      switch self {
      case .rdUUID: "RD Station id"
      case .crmID: "CRM id"
      case .email: "e-mail"
      case .mobile: "mobile number"
      case .phone: "phone number"
      case .taxID: "tax number"
      case .companyName: "company name"
      }
    }

    package var isOfPerson: Bool { self != .taxID && self != .companyName }
  }

  package let kind: Kind
  package let value: String

  package init(_ kind: Kind, _ value: String) {
    self.kind = kind
    self.value = value
  }
}
