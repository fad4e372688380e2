package import StrictJSON

/// A lead as one body of RD Station describes it, or as all bodies so far do together.
///
/// Texts are in Unicode's composed form and trimmed. A nil field was not sent, unless `cleared` names
/// it.
package struct LeadProfile: Sendable, Hashable {
  package var rdUUID: String?
  package var rdID: String?
  package var email: LeadEmail?
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
  /// RD's profile letter, `A` to `D`; the current body carries a number in its place.
  package var fitLetter: String?
  package var interest: Int?
  package var tags: [String]?
  /// By visible name in the older body, by `cf_…` in the current one; null for a field that was
  /// cleared.
  package var customFields: [JSON.Members.Member] = []
  /// The standard fields that were sent empty, by the names that `field(_:)` takes.
  ///
  /// Never what names the lead: its uuid, id and e-mail. Of no effect on a field that has a value.
  package var cleared: Set<String> = []

  package init() {}

  /// The standard fields of one line of text that can be cleared, by RD's names of them.
  static let texts: [(name: String, path: any WritableKeyPath<LeadProfile, String?> & Sendable)] = [
    ("name", \.name), ("company", \.company), ("job_title", \.jobTitle),
    ("personal_phone", \.personalPhone), ("mobile_phone", \.mobilePhone), ("city", \.city),
    ("state", \.state), ("country", \.country), ("website", \.website),
    ("facebook", \.facebook), ("linkedin", \.linkedin), ("owner_email", \.ownerEmail),
    ("fit_letter", \.fitLetter),
  ]
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
