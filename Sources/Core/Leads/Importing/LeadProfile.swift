package import StrictJSON

/// A lead as one body of RD Station describes it; nil means that the body did not say.
package struct LeadProfile: Sendable, Hashable {
  package var rdUUID: String?
  package var rdID: String?
  package var email: String?
  package var name: String?
  package var company: String?
  package var jobTitle: String?
  package var personalPhone: String?
  package var mobilePhone: String?
  package var city: String?
  package var state: String?
  package var country: String?
  package var website: String?
  package var facebook: String?
  package var linkedin: String?
  /// The user who owns the lead at RD Station.
  package var ownerEmail: String?
  package var lifecycleStage: LifecycleStage?
  package var isOpportunity: Bool?
  /// RD's profile letter, `A` to `D`; only the older body carries it.
  package var fitLetter: String?
  package var interest: Int?
  package var tags: [String]?
  /// By visible name in the older body, by `cf_…` in the current one.
  package var customFields: [JSON.Members.Member] = []

  package init() {}

  /// The value of a standard or custom field by RD's name of it.
  package func field(_ name: String) -> String? {
    switch name {
    case "email": email
    case "name": self.name
    case "company", "company_name": company
    case "job_title": jobTitle
    case "personal_phone": personalPhone
    case "mobile_phone": mobilePhone
    case "city": city
    case "state": state
    case "country": country
    case "website": website
    case "facebook": facebook
    case "linkedin": linkedin
    default: customFields.first { $0.key == name }.flatMap { text(of: $0.value) }
    }
  }

  private func text(of value: JSON) -> String? {
    switch value {
    case .string(let text): text.nonBlank
    case .number(let digits): digits
    case .bool(let flag): flag ? "true" : "false"
    case .array(let items): items.compactMap(text(of:)).joined(separator: ", ").nonBlank
    case .null, .object: nil
    }
  }
}

/// Where RD Station sees a lead in its funnel; the API's words.
package enum LifecycleStage: String, Sendable {
  case lead = "Lead"
  case qualifiedLead = "Qualified Lead"
  case client = "Client"

  /// Reads both vocabularies: the API's and the labels of the older body.
  package init?(anyOf text: String) {
    switch text.trimmed.lowercased() {
    case "lead": self = .lead
    case "qualified lead", "lead qualificado", "lead calificado": self = .qualifiedLead
    case "client", "cliente": self = .client
    default: return nil
    }
  }
}
