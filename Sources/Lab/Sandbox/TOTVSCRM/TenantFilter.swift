private import HTTPTypes
internal import StrictJSON

/// The RestQuery of an `Integration-Filter`: conditions in braces, one after the other or with `&&`, where
/// all must hold, and `||` between such rows of them (where it stands is assumed).
struct TenantFilter: Sendable {
  struct Condition: Sendable {
    enum Operator: String {
      case eq, ieq, neq, like, ilike, gt, ge, lt, le, `in`, nin, isNull, isNnull, btw
    }

    let path: [String]
    let operation: Operator
    let value: String
  }

  /// One row of them must hold.
  private let rows: [[Condition]]

  /// - Throws: A 400 for anything else, and for a field that the table does not have.
  init(_ text: String, of table: TenantTable, in state: TenantState) throws(Refusal) {
    var rows: [[Condition]] = [[]]
    var rest = text[...]
    while !rest.isEmpty {
      guard rest.first == "{", let end = rest.firstIndex(of: "}") else { throw Self.malformed }
      let condition = try Self.condition(rest[rest.index(after: rest.startIndex)..<end])
      try Self.check(condition.path, of: table, in: state)
      rows[rows.count - 1].append(condition)
      rest = rest[rest.index(after: end)...]
      if rest.hasPrefix("||") { rows.append([]) }
      guard rest.hasPrefix("||") || rest.hasPrefix("&&") else { continue }
      rest = rest.dropFirst(2)
      guard !rest.isEmpty else { throw Self.malformed }
    }
    guard !rows[0].isEmpty else { throw Self.malformed }
    self.rows = rows
  }

  func meets(_ record: JSON) -> Bool {
    rows.contains { $0.allSatisfy { $0.meets(record) } }
  }

  private static func condition(_ text: Substring) throws(Refusal) -> Condition {
    let parts = String(text).components(partedBy: "->")
    guard parts.count >= 2, !parts[0].isEmpty,
      let operation = Condition.Operator(rawValue: parts[1])
    else { throw malformed }
    let takesNone = operation == .isNull || operation == .isNnull
    guard parts.count == (takesNone ? 2 : 3), takesNone || !parts[2].isEmpty else {
      throw malformed
    }
    return Condition(
      path: parts[0].split(separator: ".").map(String.init),
      operation: operation,
      value: takesNone ? "" : parts[2]
    )
  }

  private static func check(_ path: [String], of table: TenantTable, in state: TenantState)
    throws(Refusal)
  {
    let known = TenantBody.names(of: table).union(["id", "code", "version"])
    let isOwn = path.first.map(known.contains) ?? false
    let isField =
      path.first != "customFields"
      || path.count == 2
        && table.fields.map { fields in
          state.records[fields]?.contains { $0.members["name"]?.string == path[1] } == true
        } == true
    guard isOwn, isField else {
      throw TenantErrors.refusal(
        .badRequest,
        "unknownField",
        "The filter names an unknown field.",
        field: path.joined(separator: ".")
      )
    }
  }

  static let malformed = TenantErrors.refusal(
    .badRequest,
    "invalidFilter",
    "The filter is not RestQuery."
  )
}

extension TenantFilter.Condition {
  fileprivate func meets(_ record: JSON) -> Bool {
    let values = Self.values(at: path[...], in: record)
    switch operation {
    case .isNull: return values.isEmpty
    case .isNnull: return !values.isEmpty
    case .neq, .nin: return !values.contains { isMet(by: $0) }
    default: return values.contains { isMet(by: $0) }
    }
  }

  private func isMet(by text: String) -> Bool {
    let list = value.split(separator: ",").map(String.init)
    return switch operation {
    case .eq, .neq: text == value
    case .ieq: text.lowercased() == value.lowercased()
    case .like: text.contains(value)
    case .ilike: text.lowercased().contains(value.lowercased())
    case .gt: Self.isLess(value, text)
    case .ge: !Self.isLess(text, value)
    case .lt: Self.isLess(text, value)
    case .le: !Self.isLess(value, text)
    case .in, .nin: list.contains(text)
    case .btw: list.count == 2 && !Self.isLess(text, list[0]) && !Self.isLess(list[1], text)
    case .isNull, .isNnull: false
    }
  }

  private static func isLess(_ one: String, _ other: String) -> Bool {
    if let one = Double(one), let other = Double(other) { return one < other }
    return one < other
  }

  /// Every text, number and flag at the path; a list counts with each of its items.
  private static func values(at path: ArraySlice<String>, in json: JSON) -> [String] {
    if let items = json.array { return items.flatMap { values(at: path, in: $0) } }
    guard let name = path.first else {
      switch json {
      case .string(let text), .number(let text): return [text]
      case .bool(let flag): return ["\(flag)"]
      default: return []
      }
    }
    return json[name].map { values(at: path.dropFirst(), in: $0) } ?? []
  }
}

extension String {
  fileprivate func components(partedBy sign: String) -> [String] {
    var parts: [String] = []
    var rest = self[...]
    while let range = rest.firstRange(of: sign) {
      parts.append(String(rest[..<range.lowerBound]))
      rest = rest[range.upperBound...]
    }
    return parts + [String(rest)]
  }
}
