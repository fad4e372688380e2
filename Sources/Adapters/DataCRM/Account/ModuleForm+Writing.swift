import Leads

/// From the port's fields to the texts that DataCRM stores.
extension ModuleForm {
  /// DataCRM checks neither lists nor types: what it would store as it is, is refused here.
  ///
  /// - Throws: ``CRMError`` of code `configuration` for a field or an option that is not there (any more).
  func stored(_ values: [FieldValue]) throws(CRMError) -> [String: String] {
    var element: [String: String] = [:]
    for value in values {
      guard let field = field(value.name), !field.isOfSystem, field.isEditable else {
        throw .settings(
          "field_gone",
          "DataCRM has no field “\(value.name)” that the login's user may write."
        )
      }
      // An empty reference would be cleared by one operation and ignored by another.
      if value.values.isEmpty, field.type == "reference" { continue }
      element[field.name] = try field.stored(value.values)
    }
    return element
  }
}

extension ModuleForm.Field {
  /// Choices are joined as DataCRM joins them.
  private static let separator = " |##| "

  fileprivate func stored(_ values: [String]) throws(CRMError) -> String {
    guard !values.isEmpty else { return "" }
    if isList {
      var chosen: [String] = []
      for value in values {
        guard let option = stored(value) else {
          throw .settings("option_gone", "DataCRM's list “\(label)” has no such option (any more).")
        }
        chosen.append(option)
      }
      return type == "picklist" ? chosen.last ?? "" : chosen.joined(separator: Self.separator)
    }
    let text = values.joined(separator: ", ")
    guard type != "boolean" else { return ["true", "1"].contains(text) ? "1" : "0" }
    return ColumnWidths.fitting(text, in: name)
  }

  var fieldType: FieldType {
    switch type {
    case "text": .textArea
    case "integer", "double": .number
    case "currency": .money
    case "date": .date
    case "boolean": .yesNo
    case "email": .email
    case "phone": .phone
    case "url": .url
    case "picklist": .choice
    case "multipicklist": .multipleChoice
    default: .text
    }
  }
}
