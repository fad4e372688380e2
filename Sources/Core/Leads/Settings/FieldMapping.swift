/// One row of the mapping: CRM field, RD field, default value (B158), and what to do with a value that
/// does not fit.
package struct FieldMapping: Sendable, Hashable {
  package var record: RecordKind
  /// The CRM's field of that record.
  package var crm: String
  /// RD's field; nil writes the default always (R21).
  package var rd: String?
  package var fallback: String?
  /// RD's option on the left, the CRM's on the right; compared exactly.
  package var translations: [String: String]
  /// Nil follows the CRM (R35).
  package var onMismatch: FieldPolicy?
  /// Whether a value that was emptied at RD Station is emptied in the CRM too.
  package var clears: Bool

  package init(
    record: RecordKind = .opportunity,
    crm: String,
    rd: String?,
    fallback: String?,
    translations: [String: String] = [:],
    onMismatch: FieldPolicy? = nil,
    clears: Bool = false
  ) {
    self.record = record
    self.crm = crm
    self.rd = rd
    self.fallback = fallback
    self.translations = translations
    self.onMismatch = onMismatch
    self.clears = clears
  }
}

/// What becomes of a lead whose value a field of the CRM does not take.
package enum FieldPolicy: String, Sendable, CaseIterable {
  /// The lead makes nothing in the CRM, and its journey names the field.
  case refuse
  /// The lead waits until the settings change.
  case hold
  /// The field stays empty, with a warning in the journey; a required one cannot.
  case blank
  /// A list gets the value as a new option.
  case createOption = "create_option"
}

/// What a field can hold.
package enum FieldType: String, Sendable, CaseIterable {
  case text
  case textArea = "text_area"
  case number, money, date
  case yesNo = "yes_no"
  case email, phone, url, choice
  case multipleChoice = "multiple_choice"

  package var hasOptions: Bool { self == .choice || self == .multipleChoice }
}

/// A custom field of RD Station, as the document tells it.
package struct RDField: Sendable, Hashable {
  /// RD's identifier, such as `cf_segmento`.
  package var name: String
  package var type: FieldType
  package var options: [String]

  package init(name: String, type: FieldType, options: [String] = []) {
    self.name = name
    self.type = type
    self.options = options
  }
}
