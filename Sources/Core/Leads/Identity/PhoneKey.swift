/// A mobile number as a key for matching: digits with the country code.
///
/// A Brazilian number is often written without its country code, so 10 or 11 digits get 55 in front.
package struct PhoneKey: Sendable, Hashable {
  package let digits: String

  /// Nil below 8 and above 15 digits (E.164).
  package init?(_ text: String) {
    var digits = text.filter { $0.isASCII && $0.isNumber }
    if digits.hasPrefix("00") { digits.removeFirst(2) }
    if digits.hasPrefix("0"), (11...12).contains(digits.count) { digits.removeFirst() }
    if !text.trimmed.hasPrefix("+"), (10...11).contains(digits.count) { digits = "55" + digits }
    guard (8...15).contains(digits.count) else { return nil }
    self.digits = digits
  }
}
