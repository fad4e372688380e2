/// The longest text that the standard fields of the CRMs hold (B187–B197, R40).
package enum FieldLength {
  /// In Unicode scalar values.
  package static let max = 255

  /// The text as it fits, and whether something was cut off.
  ///
  /// A cut keeps whole characters as people see them, so it may leave a few scalars less: half of an
  /// emoji or of an accented letter is another one. An e-mail address is never cut: half of one is
  /// another person's.
  package static func fitting(_ text: String) -> (text: String, wasCut: Bool) {
    let scalars = text.unicodeScalars
    guard scalars.count > max else { return (text, false) }
    let limit = scalars.index(scalars.startIndex, offsetBy: max)
    var end = limit
    while String.Index(end, within: text) == nil { end = scalars.index(before: end) }
    // One character longer than the field is cut inside, else nothing would be left of it.
    return (String(scalars[..<(end == text.startIndex ? limit : end)]), true)
  }
}
