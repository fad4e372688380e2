package import Belt

/// What all rows of the mapping make of one lead.
package struct FieldPlan: Sendable, Hashable {
  /// In the order of the settings.
  package let fields: [MappedField]

  /// Maps every row of a record that the settings create.
  ///
  /// `created`: the options that earlier leads made, by field.
  package init(
    of profile: LeadProfile,
    in settings: Settings,
    created: [FieldName: Set<String>] = [:]
  ) {
    let lead = profile.withoutFillers(in: settings)
    fields = settings.fields.filter { settings.records.create.contains($0.record) }.map {
      MappedField(
        $0,
        of: lead,
        in: settings,
        created: created[FieldName(record: $0.record, name: $0.crm)] ?? []
      )
    }
  }

  /// What one record's fields are to hold; a cleared one holds nothing.
  package func values(of record: RecordKind) -> [FieldValue] {
    fields.compactMap { field in
      guard field.mapping.record == record else { return nil }
      switch field.result {
      case .value(let values), .newOptions(_, let values):
        return FieldValue(name: field.mapping.crm, values: values)
      case .cleared: return FieldValue(name: field.mapping.crm, values: [])
      case .nothing, .blank, .refused, .held: return nil
      }
    }
  }

  /// Why the lead makes nothing; nil lets it go on.
  package var refusal: Reason? {
    fields.lazy.compactMap { field in
      guard case .refused(let reason) = field.result else { return nil }
      return reason
    }.first
  }

  /// Why the lead waits, every field that holds it named; nil lets it go on.
  package var hold: Reason? {
    let reasons = fields.compactMap { field -> Reason? in
      guard case .held(let reason) = field.result else { return nil }
      return reason
    }
    return reasons.first.map { first in
      Reason(first.code, reasons.map(\.sentence).joined(separator: " "))
    }
  }

  /// The options that the CRM's lists have to get.
  package var newOptions: [FieldName: [String]] {
    var options: [FieldName: [String]] = [:]
    for field in fields {
      guard case .newOptions(let new, _) = field.result else { continue }
      options[FieldName(record: field.mapping.record, name: field.mapping.crm), default: []] += new
    }
    return options
  }

  package var warnings: [String] { fields.compactMap(\.warning) }
}

/// A field of the CRM by record and name.
package struct FieldName: Sendable, Hashable {
  package let record: RecordKind
  package let name: String

  package init(record: RecordKind, name: String) {
    self.record = record
    self.name = name
  }
}
