import Leads

/// A field that every account of RD Station Marketing has, by RD's name of it.
enum RDStandardField: String, CaseIterable {
  case email, name, company
  case jobTitle = "job_title"
  case personalPhone = "personal_phone"
  case mobilePhone = "mobile_phone"
  case city, state, country, website, facebook, linkedin, tags

  var type: FieldType {
    switch self {
    case .email: .email
    case .personalPhone, .mobilePhone: .phone
    case .website: .url
    case .tags: .multipleChoice
    case .name, .company, .jobTitle, .city, .state, .country, .facebook, .linkedin: .text
    }
  }

  /// In words, for people.
  static var listed: String { allCases.map(\.rawValue).joined(separator: ", ") }

  static func isCustom(_ name: String) -> Bool { name.hasPrefix("cf_") && name.utf8.count > 3 }
}
