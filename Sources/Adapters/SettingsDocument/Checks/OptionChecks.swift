import Leads

/// Whether the options of a row's two lists are the same, letter by letter (B146, B163).
struct OptionChecks {
  let row: MappingReading.Row
  /// What becomes of an option that the CRM does not have.
  let policy: FieldPolicy

  func run() {
    guard row.field.type.hasOptions else { return }
    checkTranslations()
    guard !row.field.options.isEmpty, policy != .createOption else { return }
    for option in row.source?.options ?? [] where row.mapping.translations[option] == nil {
      guard !row.field.options.contains(option) else { continue }
      row.section["rd"].warning(
        "RD Station's option “\(option)” is none of \(row.reference)\(advice(option)): such a value "
          + policy.consequence
      )
    }
  }

  private func checkTranslations() {
    let place = row.section["translate"]
    for (name, value) in place.entries() {
      let theirs = row.source?.options ?? []
      if !theirs.isEmpty, !theirs.contains(name) {
        value.warning(
          "RD Station's \(row.source?.name ?? "") has no option “\(name)”"
            + NearestNames.hint(for: name, among: theirs, listing: "it has")
        )
      }
      guard let option = row.mapping.translations[name], policy != .createOption,
        !row.field.options.contains(option)
      else { continue }
      let sentence = "\(row.reference) has no option “\(option)”"
      value.problem(sentence, near: option, among: row.field.options, listing: "it has")
    }
  }

  private func advice(_ option: String) -> String {
    guard let near = NearestNames.closest(to: option, among: row.field.options).first else {
      return ""
    }
    return " (did you mean “\(near)”? then translate: { \(option): \(near) })"
  }
}

extension FieldPolicy {
  /// Completes “such a value …”.
  var consequence: String {
    switch self {
    case .refuse: "keeps the lead out of the CRM"
    case .hold: "holds the lead"
    case .blank: "leaves the field empty"
    case .createOption: "becomes a new option"
    }
  }
}

extension FieldType {
  /// With its article, for sentences.
  var article: String { self == .email ? "an email" : "a \(rawValue)" }

  /// Whether every value of this type is one of the other's too (B162).
  func flows(into other: FieldType) -> Bool {
    switch (self, other) {
    case _ where self == other: true
    case (_, .text), (_, .textArea): true
    case (.choice, .multipleChoice), (.number, .money): true
    default: false
    }
  }
}
