/// The digits of a number as somebody wrote it down, before they are understood.
struct DialledDigits {
  let digits: String
  /// Written with `+` or `00`, so that the digits begin with a country code.
  let isInternational: Bool

  /// Nil below 8 and above 15 digits.
  init?(_ text: String) {
    var digits = ""
    for character in text {
      if let digit = character.wholeNumberValue, (0...9).contains(digit) {
        digits.append("\(digit)")
      } else if digits.count >= 8, character.isLetter || "/;,|#".contains(character) {
        // An extension, or a second number.
        break
      }
    }
    let isPlus = text.first { $0 == "+" || $0.isNumber } == "+"
    let isDoubleZero = digits.hasPrefix("00")
    if isDoubleZero { digits.removeFirst(2) }
    guard (8...15).contains(digits.count) else { return nil }
    self.digits = digits
    isInternational = isPlus || isDoubleZero
  }

  /// What the digits may mean, the preferred country's reading first; empty when nothing fits.
  func readings(preferring country: Country) -> [PhoneNumber.Reading] {
    isInternational ? [international] : national(preferring: country)
  }

  private var international: PhoneNumber.Reading {
    let country: Country? =
      digits.hasPrefix("55") ? .brazil : digits.hasPrefix("57") ? .colombia : nil
    let rest = digits.dropFirst(2)
    let known =
      switch country {
      case .brazil: BrazilianNumber.reading(rest)
      case .colombia: ColombianNumber.reading(rest) ?? ColombianNumber.withoutPrefix(rest)
      case nil: nil as PhoneNumber.Reading?
      }
    if let known { return known }
    return PhoneNumber.Reading(
      .unknown,
      country,
      e164: country == nil ? "+\(digits)" : nil,
      matchKeys: [digits]
    )
  }

  private func national(preferring country: Country) -> [PhoneNumber.Reading] {
    let all = digits[...]
    var readings = [BrazilianNumber.reading(all), ColombianNumber.reading(all)].compactMap(\.self)
    if readings.isEmpty {
      // A country code without its `+`.
      if all.hasPrefix("55"), let reading = BrazilianNumber.reading(all.dropFirst(2)) {
        readings = [reading]
      } else if all.hasPrefix("57"),
        let reading = ColombianNumber.reading(all.dropFirst(2))
          ?? ColombianNumber.withoutPrefix(all.dropFirst(2))
      {
        readings = [reading]
      } else if country == .colombia, let reading = ColombianNumber.withoutPrefix(all) {
        readings = [reading]
      }
    }
    let preferred = readings.filter { $0.country == country }
    return preferred + readings.filter { $0.country != country }
  }
}

extension Substring {
  /// Whether one digit fills the whole number, as people type it into a field that must not be empty.
  var isFiller: Bool { allSatisfy { $0 == first } }
}
