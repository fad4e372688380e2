import Leads

/// The fields that every CRM has and that RD Station fills without a row (B156).
struct AutomaticPair: Sendable, Hashable {
  let record: RecordKind
  let crm: String
  let type: FieldType
  /// RD Station's name of it.
  let rd: String

  static let all = [
    AutomaticPair(record: .contact, crm: "name", type: .text, rd: "name"),
    AutomaticPair(record: .contact, crm: "email", type: .email, rd: "email"),
    AutomaticPair(record: .contact, crm: "personal_phone", type: .phone, rd: "personal_phone"),
    AutomaticPair(record: .contact, crm: "mobile_phone", type: .phone, rd: "mobile_phone"),
    AutomaticPair(record: .company, crm: "name", type: .text, rd: "company"),
  ]

  /// RD Station's field; nil for a field that needs a row.
  static func source(of name: String, _ record: RecordKind) -> String? {
    all.first { $0.record == record && $0.crm == name.lowercased() }?.rd
  }
}
