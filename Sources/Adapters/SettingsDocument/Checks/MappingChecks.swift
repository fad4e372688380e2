import Leads

/// Whether the two sides of each row fit together.
struct MappingChecks {
  let mapping: MappingReading
  let crm: CatalogueReading
  let account: AccountReading
  let settings: Settings

  func run() {
    checkRequired()
    for row in mapping.rows {
      checkPolicy(row)
      checkDefault(row)
      checkTypes(row)
      checkTags(row)
      OptionChecks(row: row, policy: policy(of: row)).run()
    }
    let untold = mapping.rows.compactMap { $0.source == nil ? $0.mapping.rd : nil }
    if account.fields == nil, !untold.isEmpty {
      mapping.place.warning(
        "types and options of \(untold.joined(separator: ", ")) are not compared: "
          + "rd_station.fields does not tell them"
      )
    }
  }

  /// B149.
  private func checkRequired() {
    let filled = Set(mapping.rows.map(\.name))
    for field in settings.catalogue.fields
    where field.isRequired && settings.records.create.contains(field.record) {
      let name = FieldName(record: field.record, name: field.name)
      let isTagField = field.record == .opportunity && field.name == settings.tagField
      guard !filled.contains(name), !isTagField else { continue }
      let advice =
        "is required, and no row of fields fills it; add one, such as { crm: "
        + "\(CRMFieldReference(name)), rd: …, default: … }"
      if let place = crm.places[name] {
        place.problem(advice)
      } else {
        mapping.place.problem("the CRM's \(CRMFieldReference(name)) \(advice)")
      }
    }
  }

  private func checkPolicy(_ row: MappingReading.Row) {
    let place = row.section["on_mismatch"]
    switch row.mapping.onMismatch {
    case .createOption where !row.field.type.hasOptions:
      place.problem("\(row.reference) is \(row.field.type.article) and has no options")
    case .createOption where !row.field.takesNewOptions:
      place.problem("\(row.reference) takes no new options; crm.fields says new_options: false")
    case .blank where row.field.isRequired:
      place.problem("\(row.reference) is required and cannot be left blank; use refuse or hold")
    default: break
    }
    if !settings.records.create.contains(row.mapping.record) {
      row.section["crm"].warning(
        "has no effect: records.create leaves out \(row.mapping.record.rawValue)"
      )
    }
  }

  /// A default goes the way of every value, so the field must take it.
  private func checkDefault(_ row: MappingReading.Row) {
    guard let fallback = row.mapping.fallback else { return }
    var plain = row.mapping
    plain.rd = nil
    switch MappedField(plain, of: LeadProfile(), in: settings).result {
    case .value, .newOptions, .nothing, .cleared: return
    case .blank, .refused, .held: break
    }
    guard row.field.type.hasOptions else {
      row.section["default"].problem(
        "“\(fallback)” does not fit: \(row.reference) is \(row.field.type.article)"
      )
      return
    }
    row.section["default"].problem(
      "“\(fallback)” is no option of \(row.reference)",
      near: fallback,
      among: row.field.options,
      listing: "it has"
    )
  }

  /// B162.
  private func checkTypes(_ row: MappingReading.Row) {
    guard let source = row.source else { return }
    let place = row.section["rd"]
    if row.field.isSegment, source.type == .phone {
      place.warning("every phone number becomes a segment of its own")
    } else if !source.type.flows(into: row.field.type) {
      place.warning(
        "RD Station's \(source.name) is \(source.type.article), and \(row.reference) is "
          + "\(row.field.type.article): \(consequence(row))"
      )
    }
  }

  /// RD Station's tags go into a list only if it takes new ones (B137).
  private func checkTags(_ row: MappingReading.Row) {
    guard row.mapping.rd == RDStandardField.tags.rawValue, row.field.type.hasOptions else { return }
    if row.field.type != .multipleChoice {
      row.section["crm"].problem(
        "tags need a field of type multiple_choice, and \(row.reference) is "
          + row.field.type.article
      )
    } else if !row.field.takesNewOptions {
      row.section["crm"].problem(
        "tags need a field with new_options: true, and \(row.reference) takes none"
      )
    }
  }

  private func policy(of row: MappingReading.Row) -> FieldPolicy {
    row.mapping.onMismatch
      ?? (row.field.takesNewOptions ? .createOption : settings.crm.traits.mismatchPolicy)
  }

  private func consequence(_ row: MappingReading.Row) -> String {
    let policy = row.mapping.onMismatch ?? settings.crm.traits.mismatchPolicy
    return "a value that does not fit \(policy.consequence)"
  }
}
