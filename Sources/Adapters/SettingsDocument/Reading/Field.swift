import Yams

/// A place in the document, filled or not, that knows its line and path for what it reports.
struct Field {
  /// Nil when it is absent or null.
  let node: Node?
  let path: String
  let line: Int
  let findings: Findings

  init(_ node: Node?, path: String, line: Int, findings: Findings) {
    self.node = node.flatMap { $0.isAbsent ? nil : $0 }
    self.path = path
    self.line = node?.mark?.line ?? line
    self.findings = findings
  }

  var isFilled: Bool { node != nil }

  var isMapping: Bool {
    guard case .mapping? = node else { return false }
    return true
  }

  /// A filled value of a mapping; nothing is reported.
  func child(_ key: String) -> Field? {
    guard case .mapping(let mapping)? = node, let value = mapping[key] else { return nil }
    let field = Field(value, path: "\(path).\(key)", line: line, findings: findings)
    return field.isFilled ? field : nil
  }

  func problem(_ sentence: String) { findings.problem(line, path, sentence) }

  /// Reports a name that does not exist, with those that may be meant.
  func problem(
    _ sentence: String,
    near name: String,
    among names: [String],
    listing verb: String = "there are"
  ) {
    problem(sentence + NearestNames.hint(for: name, among: names, listing: verb))
  }

  func warning(_ sentence: String) { findings.warning(line, path, sentence) }

  /// Any text; numbers and the like are taken as they are written.
  func text() -> String? {
    guard let node else { return nil }
    guard case .scalar(let scalar) = node else {
      problem("must be a text")
      return nil
    }
    guard scalar.string.contains(where: { !$0.isWhitespace }) else {
      problem("is empty")
      return nil
    }
    return scalar.string
  }

  func requiredText() -> String? {
    guard isFilled else {
      problem("is missing")
      return nil
    }
    return text()
  }

  func requiredReference() -> SecretReference? {
    guard let text = requiredText() else { return nil }
    guard let reference = SecretReference(text) else {
      // The value may be the secret itself, so it is not repeated.
      problem("must say where the value is, env:NAME or file:PATH, and not hold it itself")
      return nil
    }
    return reference
  }

  func flag(default fallback: Bool) -> Bool {
    guard let node else { return fallback }
    switch node.scalar?.string {
    case "true": return true
    case "false": return false
    default:
      problem("must be true or false")
      return fallback
    }
  }

  /// A whole number from 1; nil when absent or wrong.
  func count() -> Int? {
    guard let node else { return nil }
    guard let count = node.scalar.flatMap({ Int($0.string) }), count > 0 else {
      problem("must be a whole number from 1")
      return nil
    }
    return count
  }

  /// One of a few words.
  func choice<Choice: RawRepresentable<String> & CaseIterable>(default fallback: Choice) -> Choice {
    choice() ?? fallback
  }

  /// One of a few words; nil when absent or wrong.
  func choice<Choice: RawRepresentable<String> & CaseIterable>() -> Choice? {
    guard let text = text() else { return nil }
    if let choice = Choice(rawValue: text) { return choice }
    let words = Choice.allCases.map(\.rawValue)
    problem("“\(text)” is none of its values", near: text, among: words, listing: "they are")
    return nil
  }

  /// The items of a list; empty when absent.
  func items() -> [Field] {
    guard let node else { return [] }
    guard case .sequence(let sequence) = node else {
      problem("must be a list, such as [one, two]")
      return []
    }
    return sequence.enumerated().map { index, item in
      Field(item, path: "\(path)[\(index)]", line: line, findings: findings)
    }
  }

  /// The texts of a list, without those that stand twice, which is reported.
  func texts() -> [String] {
    var seen: Set<String> = []
    return items().compactMap { item in
      guard item.isFilled else {
        item.problem("is empty")
        return nil
      }
      guard let text = item.text() else { return nil }
      guard seen.insert(text).inserted else {
        item.problem("“\(text)” stands twice in the list")
        return nil
      }
      return text
    }
  }

  /// The entries of a mapping whose keys are names of the user's own.
  func entries() -> [(name: String, value: Field)] {
    guard let node else { return [] }
    guard case .mapping(let mapping) = node else {
      problem("must be a mapping of names, such as { name: … }")
      return []
    }
    return mapping.compactMap { key, value in
      guard let name = key.scalar?.string else {
        findings.problem(key.mark?.line ?? line, path, "a name must be a text")
        return nil
      }
      let line = key.mark?.line ?? line
      return (name, Field(value, path: "\(path).\(name)", line: line, findings: findings))
    }
  }
}

extension Node {
  fileprivate var isAbsent: Bool {
    guard case .scalar(let scalar) = self, scalar.style == .plain || scalar.style == .any else {
      return false
    }
    return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
  }
}
