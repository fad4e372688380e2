internal import StrictJSON

/// How long the texts of a body may be; RD Station itself allows 255 characters in a standard field.
enum TextLimits {
  /// Scalars of a uuid, an id and an e-mail: a longer one names nobody, and the lead is refused.
  static let name = 255
  /// Scalars of any other single line, which is cut there: at most 2,048 bytes, so that whatever
  /// becomes a key fits into an entry of a database index (2,704 bytes).
  static let line = 512
  /// Scalars of a text of a custom field, which is cut there: at most 64 KiB.
  static let customText = 16_384
}

/// Reading members of a body whose senders are free with types.
extension JSON {
  /// The text of a member that says something: a string or the digits of a number, composed, trimmed
  /// and cut; nil for null, blank and other types.
  func words(_ key: String) -> String? { self[key]?.line }

  /// The text of a member that names a lead; an export's mark for nothing names nobody.
  func identity(_ key: String) -> String? { words(key).flatMap { Fillers.isNull($0) ? nil : $0 } }

  /// The value as one line of text.
  var line: String? {
    switch self {
    case .string(let text): text.trimmed.composed(upTo: TextLimits.line).nonBlank
    case .number(let digits): String(digits.prefix(TextLimits.line))
    case .null, .bool, .array, .object: nil
    }
  }

  /// Sent without a value: null, blank, or a list of nothing else.
  var isCleared: Bool {
    switch self {
    case .null: true
    case .string(let text): text.allSatisfy(\.isWhitespace)
    case .array(let items): items.allSatisfy(\.isCleared)
    case .bool, .number, .object: false
    }
  }

  /// A count that may be written as a string or with a fraction of zeros; nil when it is none or
  /// beyond the database's `integer`.
  func count(_ key: String) -> Int? {
    let digits: Substring
    switch self[key] {
    case .number(let text): digits = text[...]
    case .string(let text): digits = text.trimmed[...]
    default: return nil
    }
    let parts = digits.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 1 || (!parts[1].isEmpty && parts[1].allSatisfy { $0 == "0" }),
      let whole = Int32(parts[0]), whole >= 0
    else { return nil }
    return Int(whole)
  }

  /// A boolean that may be written as a string or as 1 and 0.
  func truth(_ key: String) -> Bool? {
    if let flag = self[key]?.bool { return flag }
    switch words(key)?.lowercased() {
    case "true", "1": return true
    case "false", "0": return false
    default: return nil
    }
  }

  /// A list of texts that may be written as one text with commas; nil when there is none in it.
  func list(_ key: String) -> [String]? {
    let items: [JSON]
    switch self[key] {
    case .array(let list): items = list
    case .string(let text): items = text.split(separator: ",").map { .string(String($0)) }
    default: return nil
    }
    let words = items.compactMap(\.line)
    return words.isEmpty ? nil : words
  }

  /// The value as it is kept of a custom field: composed, its texts cut, null when it was cleared.
  var asCustomField: JSON { isCleared ? .null : composedAndCut }

  private var composedAndCut: JSON {
    switch self {
    case .null, .bool, .number: self
    case .string(let text): .string(text.composed(upTo: TextLimits.customText))
    case .array(let items): .array(items.map(\.composedAndCut))
    case .object(let members):
      .object(members.list.map { ($0.key.nfc, $0.value.composedAndCut) })
    }
  }
}

extension String {
  /// Composed, and cut after so many scalars.
  ///
  /// Cut first and roughly: at most four scalars become one, and composing a text that will be
  /// cut is work for nothing.
  func composed(upTo scalars: Int) -> String {
    if utf8.count <= scalars { return nfc }
    let composed = String(unicodeScalars.prefix(scalars * 4)).nfc
    return String(composed.unicodeScalars.prefix(scalars))
  }
}

extension LeadProfile {
  /// Takes the fields that a body has under the names that `texts` has for them; `phone` is an older name.
  mutating func takeTexts(of body: JSON, _ names: Set<String>) {
    for text in Self.texts where names.contains(text.name) {
      take(text.name, text.path, body[text.name])
    }
    if personalPhone == nil, let phone = body.words("phone") {
      personalPhone = phone
      cleared.remove("personal_phone")
    }
  }

  /// Takes a field as a body sent it: a value, an emptied field by its name, or nothing.
  mutating func take(_ name: String, _ path: WritableKeyPath<LeadProfile, String?>, _ sent: JSON?) {
    if let text = sent?.line { self[keyPath: path] = text } else { note(sent, as: name) }
  }

  /// Notes a member without a value as cleared.
  mutating func note(_ sent: JSON?, as name: String) {
    if sent?.isCleared == true { cleared.insert(name) }
  }
}
