import Leads

/// Reads what a custom field is: a bare type, or a mapping with its type and more.
struct FieldShapeReading {
  let type: FieldType
  let options: [String]
  /// What only a CRM's field has.
  let section: Section

  /// Nil when the type is missing or wrong, which is reported.
  init?(_ field: Field, _ table: KeyTable) {
    guard field.isFilled else {
      field.problem("is empty; it is a type, such as text, or { type: choice, options: […] }")
      return nil
    }
    let isBare = !field.isMapping
    section = Section(isBare ? field.emptied : field, table)
    let place = isBare ? field : section["type"]
    guard place.isFilled else {
      section["type"].problem("is missing")
      return nil
    }
    options = isBare ? [] : section["options"].texts()
    guard let type: FieldType = place.choice() else { return nil }
    self.type = type
    if !options.isEmpty, !type.hasOptions {
      section["options"].problem("only a choice and a multiple_choice have options")
    }
  }
}

extension Field {
  fileprivate var emptied: Field { Field(nil, path: path, line: line, findings: findings) }
}
