import StrictJSON

/// A record as DataCRM shows it: texts by the fields' names; what is null is not there.
struct DataCRMRow: Sendable, Hashable {
  /// Such as `12x345`.
  let id: String
  let values: [String: String]

  init?(_ json: JSON) {
    guard let members = json.members, let id = json["id"]?.string, Self.isID(id) else { return nil }
    self.id = id
    var values: [String: String] = [:]
    for member in members {
      switch member.value {
      case .string(let text), .number(let text): values[member.key] = text
      case .bool(let flag): values[member.key] = flag ? "1" : "0"
      case .null, .array, .object: continue
      }
    }
    self.values = values
  }

  /// Nil where one of them is no record: a list that is not whole must not pass for one that is.
  static func list(_ json: JSON) -> [DataCRMRow]? {
    guard let items = json.array else { return nil }
    let rows = items.compactMap { DataCRMRow($0) }
    return rows.count == items.count ? rows : nil
  }

  /// Empty where there is nothing.
  subscript(field: String) -> String { values[field] ?? "" }

  /// What may be sent back as it is.
  var writable: [String: String] {
    let ofSystem: Set = [
      "id", "createdtime", "modifiedtime", "modifiedby", "createdby", "source", "tags",
    ]
    return values.filter { !ofSystem.contains($0.key) && !$0.key.hasSuffix("_no") }
  }

  /// Two numbers with an `x` between them.
  static func isID(_ text: String) -> Bool {
    let parts = text.utf8.split(separator: UInt8(ascii: "x"), omittingEmptySubsequences: false)
    return parts.count == 2
      && parts.allSatisfy { part in
        (1...18).contains(part.count) && part.allSatisfy { (0x30...0x39).contains($0) }
      }
  }
}
