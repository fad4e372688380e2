import Leads

/// Reads `fields:`, the rows of the mapping; each names fields that exist on both sides.
struct MappingReading {
  struct Row {
    let mapping: FieldMapping
    let field: CRMCatalogue.Field
    /// Nil for a fixed value and for a custom field that the document does not tell.
    let source: RDField?
    let section: Section

    var name: FieldName { FieldName(record: mapping.record, name: mapping.crm) }
    var reference: CRMFieldReference { CRMFieldReference(name) }
  }

  let place: Field
  private(set) var rows: [Row] = []

  /// `rdFields`: nil when the document does not tell RD Station's custom fields.
  init(_ place: Field, crm: CatalogueReading, rdFields: [RDField]?) {
    self.place = place
    for item in place.items() {
      let section = Section(item, .fieldRow)
      guard let row = Self.row(item, section, crm: crm, rdFields: rdFields) else { continue }
      if rows.contains(where: { $0.name == row.name }) {
        section["crm"].problem("\(row.reference) is filled by an earlier row")
      } else {
        rows.append(row)
      }
    }
  }

  private static func row(
    _ item: Field,
    _ section: Section,
    crm: CatalogueReading,
    rdFields: [RDField]?
  ) -> Row? {
    let (rd, fallback) = (section["rd"].text(), section["default"].text())
    let clears = section["clear"].flag(default: false)
    let onMismatch: FieldPolicy? = section["on_mismatch"].choice()
    let translations = translations(in: section["translate"])
    let source = rd.flatMap { Self.source($0, at: section["rd"], rdFields) }
    guard let target = section["crm"].requiredText() else { return nil }
    guard let reference = CRMFieldReference(target) else {
      section["crm"].problem("names no field; such as opportunity.segmento")
      return nil
    }
    if let reserved = ReservedField(reference.name) {
      section["crm"].problem(reserved.refusal)
      return nil
    }
    if rd == nil, fallback == nil {
      item.problem("needs rd (a field of RD Station), default (a fixed value), or both")
      return nil
    }
    for key in ["translate", "clear"] where rd == nil && section[key].isFilled {
      section[key].problem("has no effect without rd")
    }
    guard let field = crm.field(reference, at: section["crm"]) else { return nil }
    return Row(
      mapping: FieldMapping(
        record: reference.record,
        crm: reference.name,
        rd: rd,
        fallback: fallback,
        translations: translations,
        onMismatch: onMismatch,
        clears: clears
      ),
      field: field,
      source: source,
      section: section
    )
  }

  private static func translations(in field: Field) -> [String: String] {
    var table: [String: String] = [:]
    for (name, value) in field.entries() { table[name] = value.requiredText() }
    return table
  }

  /// What is known of RD Station's field; one that it does not have is reported.
  private static func source(_ name: String, at place: Field, _ custom: [RDField]?) -> RDField? {
    if let standard = RDStandardField(rawValue: name) {
      return RDField(name: name, type: standard.type)
    }
    if let reserved = ReservedField(name) {
      place.problem(reserved.refusal)
      return nil
    }
    if let known = custom?.first(where: { $0.name == name }) { return known }
    if custom == nil, RDStandardField.isCustom(name) { return nil }
    let names = RDStandardField.allCases.map(\.rawValue) + (custom ?? []).map(\.name)
    let near = NearestNames.closest(to: name, among: names)
    let hint =
      near.isEmpty
      ? "" : NearestNames.hint(for: name, among: names, listing: "there are")
    place.problem(
      "RD Station has no field “\(name)”\(hint)"
        + "; a new one is created at RD Station first and then told in rd_station.fields, such as "
        + (RDStandardField.isCustom(name) ? "\(name): text" : "cf_segmento: text")
    )
    return nil
  }
}
