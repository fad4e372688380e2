/// What people and programs write into a field that must not be empty, such as `\N` or “não tenho”.
///
/// The whole value is compared, without case, accents and punctuation, so that a real name with such a
/// word in it stays.
package struct Fillers: Sendable, Hashable {
  /// What is a filler besides the known ones.
  package let added: [String]
  /// What is a value here although it is a known filler.
  package let kept: [String]
  private let addedKeys: Set<String>
  private let keptKeys: Set<String>

  package init(added: [String] = [], kept: [String] = []) {
    self.added = added
    self.kept = kept
    addedKeys = Set(added.map(Self.key))
    keptKeys = Set(kept.map(Self.key))
  }

  /// Where a text stands: what fills one field may be a value of another.
  enum Place: Hashable {
    case name, company, phone, state, taxID, custom
    case text(String)

    init(_ standard: String) {
      switch standard {
      case "name": self = .name
      case "company": self = .company
      case "mobile_phone", "personal_phone": self = .phone
      case "state": self = .state
      default: self = .text(standard)
      }
    }
  }

  func contains(_ text: String, in place: Place) -> Bool {
    // Nobody fills a field with a long text.
    guard text.utf8.count <= 80 else { return false }
    let key = Self.key(text)
    if keptKeys.contains(key) { return false }
    if addedKeys.contains(key) || Self.isMark(key) { return true }
    switch place {
    case .phone: return Self.words.contains(key) || Self.isPhoneFiller(text)
    case .taxID: return Self.words.contains(key) || Self.isOneDigit(text)
    case .name:
      return Self.words.contains(key) && !Self.givenNames.contains(key)
        || Self.nobodies.contains(key) || AnswerLabels.isLabel(text, of: "name")
    case .company:
      return Self.words.contains(key) || Self.noCompanies.contains(key)
        || AnswerLabels.isLabel(text, of: "company") || Self.isZero(key)
    case .state: return Self.words.contains(key) && !Self.stateCodes.contains(key)
    case .custom: return Self.unanswered.contains(key)
    case .text(let field):
      return Self.words.contains(key) || AnswerLabels.isLabel(text, of: field)
        || field == "job_title" && Self.isZero(key)
    }
  }

  /// What a database export puts where nothing is; also in what names a lead.
  package static func isNull(_ text: String) -> Bool {
    let key = key(text)
    return nulls.contains(key) || isMark(key)
      || text.contains("0") && text.allSatisfy { $0 == "0" || $0 == "-" }
  }

  /// Folded, words parted by one blank; punctuation alone stays as it is.
  static func key(_ text: String) -> String {
    let words = text.foldedWords(joinedBy: " ", also: "\\")
    return words.isEmpty ? text.trimmed.folded : words
  }

  /// Nothing but punctuation, or a row of `x`.
  private static func isMark(_ key: String) -> Bool {
    guard !key.isEmpty else { return false }
    if key.allSatisfy({ $0 == "x" || $0 == " " }) { return true }
    return key.allSatisfy { $0.isASCII && !$0.isLetter && !$0.isNumber || "–—…·".contains($0) }
  }

  private static func isZero(_ key: String) -> Bool { key.allSatisfy { $0 == "0" || $0 == " " } }

  private static func isOneDigit(_ text: String) -> Bool {
    let digits = text.filter(\.isNumber)
    return !digits.isEmpty && digits.allSatisfy { $0 == digits.first }
      && text.allSatisfy { !$0.isLetter }
  }

  /// One digit all along, or one behind the country and the area, or the digits in their order.
  private static func isPhoneFiller(_ text: String) -> Bool {
    let digits = text.filter { $0.isASCII && $0.isNumber }
    guard let first = digits.first else { return false }
    if digits.allSatisfy({ $0 == first }) || ["12345678", "123456789"].contains(digits) {
      return true
    }
    guard (8...13).contains(digits.count), let last = digits.last else { return false }
    return digits.suffix(8).allSatisfy { $0 == last }
  }
}
