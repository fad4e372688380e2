internal import StrictJSON

extension RDCRMBooks {
  /// `[{"custom_field_id","value"}]` over what a record holds: those that are not sent keep their value.
  mutating func merged(
    _ list: JSON?,
    into held: [String: JSON],
    of entity: String,
    record: String
  ) throws -> [String: JSON] {
    var values = held
    for item in list?.array ?? [] {
      guard let id = item["custom_field_id"]?.string,
        let index = fields.firstIndex(where: { $0.id == id && $0.entity == entity })
      else { throw RDCRMErrors.noSuchField(item["custom_field_id"]?.string ?? "") }
      let value = item["value"] ?? .null
      try take(value, at: index, record: record)
      values[id] = value
    }
    return values
  }

  /// A value for a field: checked, and its new options kept.
  mutating func take(_ value: JSON, at index: Int, record: String) throws {
    let field = fields[index]
    if let complaint = field.complaint(of: value) {
      throw RDCRMErrors.field("\(field.entity)_custom_fields", complaint)
    }
    if field.isUnique, !value.isBlank, isHeld(value, by: field, besides: record) {
      throw RDCRMErrors.field("\(field.entity)_custom_fields", "\(field.label) já está em uso")
    }
    guard field.allowsNew else { return }
    let texts = value.array?.compactMap(\.string) ?? [value.string].compactMap(\.self)
    for text in texts where !fields[index].options.contains(text) {
      fields[index].options.append(text)
    }
  }

  func checkRequired(_ held: [String: JSON], of entity: String, at stage: String?) throws {
    for field in fields
    where field.entity == entity && field.isRequired(at: stage)
      && (held[field.id] ?? .null).isBlank
    {
      throw RDCRMErrors.field(
        "\(entity)_required_custom_fields",
        "\(field.label) não pode ficar em branco"
      )
    }
  }

  private func isHeld(_ value: JSON, by field: RDCRMField, besides record: String) -> Bool {
    switch field.entity {
    case "deal": deals.values.contains { $0.id != record && $0.fields[field.id] == value }
    case "contact": contacts.values.contains { $0.id != record && $0.fields[field.id] == value }
    default: organizations.values.contains { $0.id != record && $0.fields[field.id] == value }
    }
  }
}
