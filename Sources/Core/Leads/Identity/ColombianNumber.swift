/// Colombia's national numbers: ten digits since 1 September 2021.
///
/// Mobile numbers begin with 3, landlines with 60 and the digit of the area. Before, a landline was
/// dialled with 0, a carrier's digit and the area's; such a number is upgraded.
enum ColombianNumber {
  /// Nil when the digits are no Colombian number.
  ///
  /// `digits`: without country code.
  static func reading(_ digits: Substring) -> PhoneNumber.Reading? {
    if isService(digits) { return PhoneNumber.Reading(.service, .colombia) }
    if let reading = tenDigits(digits) { return reading }
    guard digits.hasPrefix("0"), let carrier = digits.dropFirst().first,
      "3579".contains(carrier)
    else { return nil }
    let rest = digits.dropFirst(2)
    return tenDigits(rest) ?? withoutPrefix(rest)
  }

  /// The old form of a landline: the area's digit with seven digits.
  ///
  /// Eight bare digits are a Brazilian number without its area just as well, so this is for those that
  /// are known to be Colombian.
  static func withoutPrefix(_ digits: Substring) -> PhoneNumber.Reading? {
    digits.count == 8 ? tenDigits("60\(digits)") : nil
  }

  private static func tenDigits(_ digits: Substring) -> PhoneNumber.Reading? {
    guard digits.count == 10 else { return nil }
    let kind: PhoneNumber.Kind
    if digits.hasPrefix("3"), let second = digits.dropFirst().first, ("0"..."5").contains(second) {
      kind = .mobile
    } else if digits.hasPrefix("60"), let area = digits.dropFirst(2).first,
      ("1"..."8").contains(area)
    {
      kind = .landline
    } else {
      return nil
    }
    if digits.dropFirst(3).isFiller { return PhoneNumber.Reading(.unknown, .colombia) }
    return .number(kind, .colombia, ["57\(digits)"])
  }

  private static func isService(_ digits: Substring) -> Bool {
    let freed = digits.hasPrefix("0") ? digits.dropFirst() : digits
    return freed.count >= 10 && (freed.hasPrefix("18000") || freed.hasPrefix("1900"))
  }
}
