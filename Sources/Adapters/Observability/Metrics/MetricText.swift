/// A set of labels in the form in which it is written, sorted and escaped.
struct MetricLabels: Hashable, Sendable {
  /// Such as `outcome="done",queue="centralizer"`; empty for none.
  let text: String

  init(_ dimensions: [(String, String)]) {
    var values: [String: String] = [:]
    // The last of two equal names counts: a name twice would make the whole page unreadable.
    for (name, value) in dimensions { values[labelName(name)] = value }
    text = values.sorted { $0.key < $1.key }
      .map { "\($0.key)=\"\(escaped($0.value))\"" }
      .joined(separator: ",")
  }

  /// In braces, with one more label if given; empty when there is none at all.
  func braced(adding extra: String = "") -> String {
    let all = [text, extra].filter { !$0.isEmpty }.joined(separator: ",")
    return all.isEmpty ? "" : "{\(all)}"
  }
}

/// Letters, digits, `_` and `:`, not starting with a digit.
func metricName(_ label: String) -> String {
  let name = String(label.map { isNameCharacter($0) || $0 == ":" ? $0 : "_" })
  return name.first?.isNumber == false ? name : "_\(name)"
}

private func labelName(_ label: String) -> String {
  let name = String(label.map { isNameCharacter($0) ? $0 : "_" })
  return name.first?.isNumber == false ? name : "_\(name)"
}

private func isNameCharacter(_ character: Character) -> Bool {
  character.isASCII && (character.isLetter || character.isNumber || character == "_")
}

private func escaped(_ value: String) -> String {
  var text = ""
  for scalar in value.unicodeScalars {
    switch scalar {
    case "\\": text += "\\\\"
    case "\"": text += "\\\""
    case "\n": text += "\\n"
    default: text.unicodeScalars.append(scalar)
    }
  }
  return text
}

/// As Prometheus reads numbers; whole ones without a fraction.
func metricNumber(_ value: Double) -> String {
  if value.isNaN { return "NaN" }
  if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
  return value == value.rounded() && abs(value) < 0x1p53 ? String(Int64(value)) : String(value)
}
