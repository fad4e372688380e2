package import Leads

/// How the fields of an integration are combined, for people to look up.
package struct MappingTable: Sendable, Hashable {
  package enum Pairing: String, Sendable {
    /// Without a row, always.
    case automatic
    /// By a row of the settings.
    case mapped
    /// The CRM has it, and nothing fills it.
    case unmapped
  }

  package struct Row: Sendable, Hashable {
    package let record: RecordKind
    package let crm: String
    package let type: FieldType
    package let isRequired: Bool
    package let pairing: Pairing
    /// RD Station's field.
    package let rd: String?
    package private(set) var fallback: String?
    /// What becomes of a value that does not fit; nil where every value does.
    package private(set) var policy: FieldPolicy?
  }

  /// By record: contacts, companies, opportunities; within each the automatic ones first, then the
  /// mapped ones in the order of the settings, then those that nothing fills.
  package let rows: [Row]

  package init(_ settings: Settings) {
    rows = RecordKind.allCases.flatMap { record in
      let automatic = AutomaticPair.all.filter { $0.record == record }.map(Row.init)
      let mappings = settings.fields.filter { $0.record == record }
      let names = Set(mappings.map(\.crm))
      let mapped = mappings.map { mapping in
        Row(mapping, settings.catalogue.field(mapping.crm, of: record), settings.crm)
      }
      let rest = settings.catalogue.fields.filter {
        $0.record == record && !names.contains($0.name)
      }
      return automatic + mapped + rest.map { Row($0, isTagField: $0.name == settings.tagField) }
    }
  }
}

extension MappingTable.Row {
  fileprivate init(_ pair: AutomaticPair) {
    self.init(
      record: pair.record,
      crm: pair.crm,
      type: pair.type,
      isRequired: false,
      pairing: .automatic,
      rd: pair.rd
    )
  }

  fileprivate init(_ mapping: FieldMapping, _ field: CRMCatalogue.Field, _ crm: CRMKind) {
    let own =
      mapping.onMismatch ?? (field.takesNewOptions ? .createOption : crm.traits.mismatchPolicy)
    self.init(
      record: mapping.record,
      crm: mapping.crm,
      type: field.type,
      isRequired: field.isRequired,
      pairing: .mapped,
      rd: mapping.rd,
      fallback: mapping.fallback,
      policy: [.text, .textArea].contains(field.type) ? nil : own
    )
  }

  fileprivate init(_ field: CRMCatalogue.Field, isTagField: Bool) {
    let isTagField = isTagField && field.record == .opportunity
    self.init(
      record: field.record,
      crm: field.name,
      type: field.type,
      isRequired: field.isRequired,
      pairing: isTagField ? .mapped : .unmapped,
      rd: isTagField ? RDStandardField.tags.rawValue : nil,
      policy: isTagField ? .createOption : nil
    )
  }
}
