import Leads

/// Texts as DataCRM gives them back.
enum StoredText {
  /// Whether a stored text is what was sent: numbers come back with more zeros (`100.000`), and white
  /// space at the ends is lost.
  static func isSame(_ stored: String, _ sent: String) -> Bool {
    if stored.trimmed == sent.trimmed { return true }
    // Without a point it may be a number whose zeros in front count, such as an identity card's.
    guard stored.contains("."), let one = plain(stored), let other = plain(sent) else {
      return false
    }
    return one == other
  }

  /// An amount with two decimals, such as `1234.50`; nil for what is none, and for nothing.
  static func amount(_ stored: String) -> String? {
    guard let plain = plain(stored) else { return nil }
    let parts = plain.split(separator: ".", omittingEmptySubsequences: false)
    let fraction = parts.count > 1 ? String(parts[1]) : ""
    let cents = fraction + String(repeating: "0", count: max(0, 2 - fraction.count))
    return "\(parts[0]).\(cents)"
  }

  /// A number with a decimal point and without zeros that say nothing.
  private static func plain(_ text: String) -> String? {
    let text = text.trimmed
    let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
    let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count),
      parts.allSatisfy({ part in
        (1...18).contains(part.count) && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
      })
    else { return nil }
    let whole = parts[0].drop { $0 == "0" }
    var fraction = parts.count > 1 ? parts[1] : ""
    while fraction.last == "0" { fraction.removeLast() }
    let number =
      "\(whole.isEmpty ? "0" : String(whole))\(fraction.isEmpty ? "" : ".\(fraction)")"
    return text.hasPrefix("-") && number != "0" ? "-\(number)" : number
  }
}
