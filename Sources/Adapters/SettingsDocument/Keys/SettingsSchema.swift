import StrictJSON

/// The JSON Schema of the document, for editors that complete and check while somebody writes.
///
/// It knows keys, words and forms; that names fit together only the reading knows.
package enum SettingsSchema {
  /// Draft 2020-12.
  static var json: JSON {
    var members = JSON.Members([
      .init(key: "$schema", value: "https://json-schema.org/draft/2020-12/schema"),
      .init(key: "title", value: "Settings of an integration of Esteira"),
    ])
    for member in KeyTable.document.json.members ?? [] { members[member.key] = member.value }
    return .object(members)
  }

  /// Indented, with a line feed at its end.
  package static var text: String { json.indented() + "\n" }
}

extension KeyTable {
  fileprivate var json: JSON {
    var members = JSON.Members([.init(key: "type", value: "object")])
    members["properties"] = .object(keys.map { ($0.name, $0.shape.json) })
    let required = keys.filter(\.shape.isRequired).map { JSON.string($0.name) }
    if !required.isEmpty { members["required"] = .array(required) }
    members["additionalProperties"] = false
    return .object(members)
  }
}

extension Shape {
  fileprivate var json: JSON {
    switch self {
    // Whoever writes 2030 or true where a text belongs means the text.
    case .text: ["type": ["string", "number", "boolean"]]
    case .secret: ["type": "string", "pattern": "^(env|file):."]
    case .flag(let preset): ["type": "boolean", "default": .bool(preset)]
    case .count: ["type": "integer", "minimum": 1]
    case .word(let words, let preset?):
      ["enum": .array(words.map(JSON.string)), "default": .string(preset)]
    case .word(let words, nil): ["enum": .array(words.map(JSON.string))]
    case .list(let item): ["type": "array", "items": item.json]
    case .names(let value): ["type": "object", "additionalProperties": value.json]
    case .section(let table): table.json
    case .oneOf(let shapes): ["anyOf": .array(shapes.map(\.json))]
    case .told(let shape, let text, _):
      .object(
        JSON.Members([.init(key: "description", value: .string(text))] + (shape.json.members ?? []))
      )
    }
  }
}

extension JSON {
  /// Two spaces a level; lists and mappings without any inside stand on one line.
  fileprivate func indented(_ margin: String = "") -> String {
    let inner = margin + "  "
    switch self {
    case .object(let members) where !members.list.isEmpty:
      let lines = members.list.map {
        "\(inner)\(JSON.string($0.key).text): \($0.value.indented(inner))"
      }
      return "{\n\(lines.joined(separator: ",\n"))\n\(margin)}"
    case .array(let items) where items.contains { $0.members != nil || $0.array != nil }:
      let lines = items.map { inner + $0.indented(inner) }
      return "[\n\(lines.joined(separator: ",\n"))\n\(margin)]"
    case .array(let items): return "[\(items.map(\.text).joined(separator: ", "))]"
    default: return text
    }
  }
}
