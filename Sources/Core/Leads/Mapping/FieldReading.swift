/// A value read as a field's type.
enum FieldReading: Hashable {
  case fits(String)
  case cut(String)
  /// Not of the type; the words complete “… takes”.
  case misfit(String)

  /// Reads one value; lists are read item by item against their options elsewhere.
  init(_ text: String, as type: FieldType) {
    let text = text.trimmed
    switch type {
    case .text, .phone, .choice, .multipleChoice: self = Self.fitting(text)
    case .textArea: self = .fits(text)
    case .url:
      self =
        text.contains(where: \.isWhitespace) ? .misfit("an address of a page") : Self.fitting(text)
    case .email:
      self = EmailAddress(text) == nil ? .misfit("an e-mail address") : .fits(text)
    case .number:
      self = DecimalText(text).map { .fits($0.text) } ?? .misfit("a number such as 1234.5")
    case .money:
      self = DecimalText(text).map { .fits($0.text) } ?? .misfit("an amount such as 1.234,56")
    case .date: self = Self.date(text).map { .fits($0) } ?? .misfit("a date such as 2026-11-30")
    case .yesNo:
      switch text.lowercased() {
      case "true", "yes", "sim", "sí", "si", "1": self = .fits("true")
      case "false", "no", "não", "nao", "0": self = .fits("false")
      default: self = .misfit("yes or no")
      }
    }
  }

  private static func fitting(_ text: String) -> FieldReading {
    let (text, wasCut) = FieldLength.fitting(text)
    return wasCut ? .cut(text) : .fits(text)
  }

  /// `2026-11-30`, with or without a time behind it, and `30/11/2026`.
  private static func date(_ text: String) -> String? {
    let day = text.prefix { $0 != "T" && $0 != " " }
    let slashed = day.split(separator: "/", omittingEmptySubsequences: false)
    let parts =
      slashed.count == 3
      ? slashed.reversed() : day.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, parts.map(\.count) == [4, 2, 2],
      parts.joined().allSatisfy({ $0.isASCII && $0.isNumber }),
      let year = Int(parts[0]), let month = Int(parts[1]), let date = Int(parts[2]),
      (1...12).contains(month), (1...Timestamp.days(in: month, of: year)).contains(date)
    else { return nil }
    return parts.joined(separator: "-")
  }
}
