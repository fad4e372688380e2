/// A filter of v2: conditions joined by `and` (or a blank) and `or`, without parentheses around them.
struct RDQL: Sendable, Hashable {
  struct Condition: Sendable, Hashable {
    enum Comparison: String, Sendable, CaseIterable {
      // The longer ones first, as they are looked for.
      case notBefore = ">="
      case notAfter = "<="
      case after = ">"
      case before = "<"
      case contains = "~"
    }

    var field: String
    /// Nil is equal, to any of the values.
    var comparison: Comparison?
    var values: [String]
    var isNegated = false
  }

  /// Any of these, each whole.
  let alternatives: [[Condition]]

  /// Nil for a text that is no filter.
  init?(_ text: String) {
    var rest = text[...]
    var alternatives: [[Condition]] = [[]]
    while true {
      rest = rest.drop { $0 == " " || $0 == "," }
      guard !rest.isEmpty else { break }
      if let after = Self.word("and", of: rest) {
        rest = after
      } else if let after = Self.word("or", of: rest) {
        rest = after
        alternatives.append([])
      } else {
        guard let condition = Self.condition(&rest) else { return nil }
        alternatives[alternatives.count - 1].append(condition)
      }
    }
    guard alternatives.allSatisfy({ !$0.isEmpty }) else { return nil }
    self.alternatives = alternatives
  }

  /// `read`: the values of a field in a record; nil where the field is not one to filter by.
  func admits(_ read: (String) -> [String]?) -> Bool? {
    var isAdmitted = false
    for conditions in alternatives {
      var isWhole = true
      for condition in conditions {
        guard let held = read(condition.field) else { return nil }
        isWhole = isWhole && condition.isMet(by: held) != condition.isNegated
      }
      isAdmitted = isAdmitted || isWhole
    }
    return isAdmitted
  }

  private static func word(_ word: String, of text: Substring) -> Substring? {
    guard text.lowercased().hasPrefix("\(word) ") else { return nil }
    return text.dropFirst(word.count)
  }

  private static func condition(_ rest: inout Substring) -> Condition? {
    guard let colon = rest.firstIndex(of: ":") else { return nil }
    var field = rest[..<colon]
    rest = rest[rest.index(after: colon)...]
    let isNegated = field.first == "-"
    if isNegated { field = field.dropFirst() }
    let comparison = Condition.Comparison.allCases.first { rest.hasPrefix($0.rawValue) }
    rest = rest.dropFirst(comparison?.rawValue.count ?? 0)
    var values: [String] = []
    if rest.first == "(" {
      rest = rest.dropFirst()
      while let next = rest.first, next != ")" {
        if next == "," || next == " " {
          rest = rest.dropFirst()
          continue
        }
        guard let value = value(&rest) else { return nil }
        values.append(value)
      }
      rest = rest.dropFirst()
    } else {
      guard let value = value(&rest) else { return nil }
      values = [value]
    }
    return Condition(
      field: String(field),
      comparison: comparison,
      values: values,
      isNegated: isNegated
    )
  }

  private static func value(_ rest: inout Substring) -> String? {
    guard rest.first == "\"" else {
      let text = rest.prefix { $0 != " " && $0 != "," && $0 != ")" }
      rest = rest[text.endIndex...]
      return text.isEmpty ? nil : String(text)
    }
    rest = rest.dropFirst()
    var text = ""
    while let next = rest.popFirst() {
      if next == "\"" { return text }
      if next == "\\", let escaped = rest.popFirst() {
        text.append(escaped)
      } else {
        text.append(next)
      }
    }
    return nil
  }
}

extension RDQL.Condition {
  /// Times are compared as texts: `2026-03-01 00:00:00` and `2026-03-01T00:00:00.000Z` alike.
  fileprivate func isMet(by held: [String]) -> Bool {
    let wanted = values.map(Self.comparable)
    return held.map(Self.comparable).contains { value in
      switch comparison {
      case nil: wanted.contains(value)
      case .contains: value.lowercased().contains(wanted[0].lowercased())
      case .notBefore: value >= wanted[0]
      case .notAfter: value <= wanted[0]
      case .after: value > wanted[0]
      case .before: value < wanted[0]
      }
    }
  }

  private static func comparable(_ text: String) -> String {
    guard text.prefix(10).wholeMatch(of: /\d{4}-\d{2}-\d{2}/) != nil else { return text }
    return text.replacing("T", with: " ").replacing("Z", with: "")
  }
}
