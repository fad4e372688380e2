/// The longest text that the standard fields of the CRMs hold (B187–B197, R40).
package enum FieldLength {
  /// In Unicode scalar values.
  package static let max = 255

  /// The text as it fits, and whether something was cut off.
  ///
  /// An e-mail address is never cut: half of one is another person's.
  package static func fitting(_ text: String) -> (text: String, wasCut: Bool) {
    guard text.unicodeScalars.count > max else { return (text, false) }
    return (String(String.UnicodeScalarView(text.unicodeScalars.prefix(max))), true)
  }
}
