package import StrictJSON

/// A field of a record and what it is to hold, by the name that people see.
package struct FieldValue: Sendable, Hashable {
  package var name: String
  /// One text, or for a multiple choice all that are chosen; none empties the field.
  package var values: [String]

  package init(name: String, values: [String]) {
    self.name = name
    self.values = values
  }

  package init(name: String, value: String) { self.init(name: name, values: [value]) }

  /// All of it as one text.
  package var value: String { values.joined(separator: ", ") }

  package var json: JSON {
    let value: JSON = values.count == 1 ? .string(values[0]) : .array(values.map(JSON.string))
    return ["name": .string(name), "value": value]
  }

  /// Nil when the text is not what ``json`` writes.
  package init?(json: JSON) {
    guard let name = json["name"]?.string, let value = json["value"] else { return nil }
    guard let values = value.string.map({ [$0] }) ?? value.array?.compactMap(\.string) else {
      return nil
    }
    self.init(name: name, values: values)
  }
}
