private import StrictJSON
package import Belt

/// What one row of the mapping makes of one lead.
package struct MappedField: Sendable, Hashable {
  package enum Result: Sendable, Hashable {
    case value([String])
    /// RD Station has nothing to say, and there is no default.
    case nothing
    /// Emptied at RD Station, and the row hands that on.
    case cleared
    /// Left empty because the value does not fit.
    case blank
    /// The list has to get these options first.
    case newOptions([String], chosen: [String])
    case refused(Reason)
    case held(Reason)
  }

  package let mapping: FieldMapping
  package let result: Result
  /// RD Station had nothing, so the row's default counts.
  package let usesDefault: Bool
  /// What a person should know although the lead goes on.
  package let warning: String?

  /// Reads the row's value and checks it against what the CRM's field takes.
  ///
  /// `created`: the options that earlier leads made, besides those of the catalogue.
  package init(
    _ mapping: FieldMapping,
    of lead: LeadProfile,
    in settings: Settings,
    created: Set<String> = []
  ) {
    let source = mapping.rd.map { lead.values($0) } ?? []
    let given = source.isEmpty ? mapping.fallback.map { [$0] } ?? [] : source
    let values = given.map { mapping.translations[$0] ?? $0 }
    let target = Target(
      mapping: mapping,
      field: settings.catalogue.field(mapping.crm, of: mapping.record),
      crm: settings.crm.traits
    )
    self.mapping = mapping
    usesDefault = source.isEmpty && mapping.fallback != nil
    guard !values.isEmpty else {
      let isCleared = mapping.clears && mapping.rd.map { lead.state(of: $0) } == .cleared
      result = target.field.isRequired ? target.missing() : isCleared ? .cleared : .nothing
      warning = nil
      return
    }
    (result, warning) =
      target.field.type.hasOptions ? target.chosen(values, created) : target.read(values)
  }
}

/// The CRM's field that a row fills, and what it makes of values.
private struct Target {
  typealias Outcome = (MappedField.Result, warning: String?)

  let mapping: FieldMapping
  let field: CRMCatalogue.Field
  let crm: CRMTraits

  func read(_ values: [String]) -> Outcome {
    let text = values.joined(separator: ", ")
    switch FieldReading(text, as: field.type) {
    case .fits(let value): return (.value([value]), nil)
    case .cut(let value):
      return (
        .value([value]), "\(field.words) holds \(FieldLength.max) characters; the rest was cut"
      )
    case .misfit(let wanted):
      return misfit("\(field.words) takes \(wanted), and RD Station has “\(text)”")
    }
  }

  /// Lists: options are compared exactly (B146); of several values a single choice keeps the last
  /// (R34).
  func chosen(_ values: [String], _ created: Set<String>) -> Outcome {
    let wanted = field.type == .choice ? Array(values.suffix(1)) : values
    let unknown = wanted.filter { !field.options.contains($0) && !created.contains($0) }
    guard !unknown.isEmpty else { return (.value(wanted), nil) }
    let names = unknown.map { "“\($0)”" }.joined(separator: ", ")
    let policy = mapping.onMismatch ?? (field.takesNewOptions ? .createOption : nil)
    if policy == .createOption, field.takesNewOptions {
      let total = Set(field.options).union(created).union(unknown).count
      guard let max = field.optionMax, total > max else {
        return (.newOptions(unknown, chosen: wanted), "\(field.words) gets the new option \(names)")
      }
      let code = field.isSegment ? "segment_limit_reached" : "option_limit_reached"
      let sentence =
        "\(field.words) can have \(max) options and has them all, so \(names) cannot be added."
      return (.held(Reason(code, sentence)), nil)
    }
    let options = field.options.prefix(8).map { "“\($0)”" }.joined(separator: ", ")
    let known = field.options.isEmpty ? "it has no options" : "its options are \(options)"
    return misfit("\(field.words) has no option \(names); \(known)")
  }

  private func misfit(_ sentence: String) -> Outcome {
    switch mapping.onMismatch ?? crm.mismatchPolicy {
    case .hold, .createOption: return (.held(Reason("field_value_held", "\(sentence).")), nil)
    case .refuse: return (.refused(Reason("field_value_refused", "\(sentence).")), nil)
    case .blank:
      guard field.isRequired else { return (.blank, "\(sentence), so it was left empty") }
      return (missing(because: sentence), nil)
    }
  }

  /// A required field without a value (B150).
  func missing(because cause: String? = nil) -> MappedField.Result {
    let source = mapping.rd.map { "RD Station's \($0) is empty" } ?? "it has no default"
    let reason = Reason(
      "required_field_empty",
      "\(field.words) is required, and \(cause ?? source)."
    )
    let own: FieldPolicy? = mapping.onMismatch == .blank ? nil : mapping.onMismatch
    return (own ?? crm.missingPolicy) == .refuse ? .refused(reason) : .held(reason)
  }
}

extension CRMCatalogue.Field {
  fileprivate var words: String {
    record == .opportunity ? "The field “\(name)”" : "The \(record.rawValue)'s field “\(name)”"
  }

  /// The field whose options a free account of RD Station CRM counts (B200).
  package var isSegment: Bool {
    ["segmento", "segmentos", "segment", "segments"].contains(name.lowercased())
  }
}

extension LeadProfile {
  /// What RD Station says in a field, item by item; empty when it says nothing.
  fileprivate func values(_ name: String) -> [String] {
    guard case .value(.array(let items)) = state(of: name) else {
      return field(name).map { [$0] } ?? []
    }
    return items.compactMap { $0.string?.nonBlank }
  }
}
