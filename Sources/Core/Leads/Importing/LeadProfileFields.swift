internal import StrictJSON

/// The fields of a lead by RD Station's names of them.
extension LeadProfile {
  /// The text of a standard or custom field; nil for one that was cleared or not sent.
  ///
  /// A custom field is found by its identifier (`cf_segmento`) and by its visible name (`Segmento`),
  /// whichever of the two the body used; the exact name wins over one that only reads alike. Lists are
  /// joined with a comma, true and false are written so.
  package func field(_ name: String) -> String? {
    guard case .value(let value) = state(of: name) else { return nil }
    return text(of: value)
  }

  /// What is known of a field, by any name that `field(_:)` takes.
  package func state(of name: String) -> FieldState {
    switch name {
    case "email": return state((email?.text).map(JSON.string), name)
    case "company_name": return state(of: "company")
    case "lifecycle_stage": return state((lifecycleStage?.rawValue).map(JSON.string), name)
    case "interest": return state(interest.map(JSON.number), name)
    case "tags":
      if tags?.isEmpty == true { return .cleared }
      return state(tags.map { .array($0.map(JSON.string)) }, name)
    default:
      if let standard = Self.texts.first(where: { $0.name == name }) {
        return state(self[keyPath: standard.path].map(JSON.string), name)
      }
      guard let custom = customField(name) else { return .notSent }
      return custom.isCleared ? .cleared : .value(custom)
    }
  }

  private func state(_ value: JSON?, _ name: String) -> FieldState {
    if let value { return .value(value) }
    return cleared.contains(name) ? .cleared : .notSent
  }

  private func customField(_ name: String) -> JSON? {
    if let exact = customFields.first(where: { $0.key == name }) { return exact.value }
    let identifier = RDFieldName.identifier(of: name.nfc)
    // A name without a letter or digit reads like every other such name.
    guard identifier != "cf_" else { return nil }
    let alike = customFields.filter { RDFieldName.identifier(of: $0.key) == identifier }
    // The database keeps its own order of members, so that the choice must not hang on it.
    return alike.min { left, right in
      left.value.isCleared == right.value.isCleared
        ? left.key < right.key : right.value.isCleared
    }?.value
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
