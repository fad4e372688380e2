import Yams

/// A mapping whose keys are ours.
struct Section {
  private let values: [String: Node]
  private let table: KeyTable
  private let path: String
  let line: Int
  let findings: Findings

  /// Reports keys that the table does not have; an absent section reads like an empty one.
  init(_ field: Field, _ table: KeyTable) {
    self.table = table
    path = field.path
    line = field.line
    findings = field.findings
    guard let node = field.node else {
      values = [:]
      return
    }
    let keys = table.names
    guard case .mapping(let mapping) = node else {
      field.problem("must be a mapping with \(keys.joined(separator: ", "))")
      values = [:]
      return
    }
    var values: [String: Node] = [:]
    for (key, value) in mapping {
      let name = key.scalar?.string ?? ""
      if keys.contains(name) {
        values[name] = value
      } else {
        field.findings.problem(
          key.mark?.line ?? field.line,
          field.path,
          "unknown key “\(name)”" + NearestNames.hint(for: name, among: keys, listing: "there are")
        )
      }
    }
    self.values = values
  }

  subscript(key: String) -> Field {
    assert(table.names.contains(key), "\(key) is read and in no table")
    let path = path.isEmpty ? key : "\(path).\(key)"
    return Field(values[key], path: path, line: line, findings: findings)
  }
}
