/// Brazil's national numbers: two digits of area (DDD) with eight or nine of the subscriber.
enum BrazilianNumber {
  /// Nil when the digits are no Brazilian number.
  ///
  /// `digits`: without country code, perhaps with the trunk 0 and a carrier's code (`0 15 11 …`).
  static func reading(_ digits: Substring) -> PhoneNumber.Reading? {
    if isService(digits) { return PhoneNumber.Reading(.service, .brazil) }
    guard digits.hasPrefix("0") else { return subscriber(digits) }
    return subscriber(digits.dropFirst()) ?? subscriber(digits.dropFirst(3))
  }

  private static func subscriber(_ digits: Substring) -> PhoneNumber.Reading? {
    guard (10...11).contains(digits.count), areas.contains(String(digits.prefix(2))) else {
      return nil
    }
    let area = digits.prefix(2)
    let number = digits.dropFirst(2)
    if number.isFiller { return PhoneNumber.Reading(.unknown, .brazil) }
    let first = number.first ?? "0"
    if number.count == 9 {
      // What is left without the 9 was a mobile number only from 6 on; below it is a landline's.
      let old = number.dropFirst()
      guard first == "9", let second = old.first, second != "0" else { return nil }
      return mobile(area, old, wasMobile: ("6"..."9").contains(second))
    }
    switch first {
    case "2"..."5":
      if nationwide.contains(where: number.hasPrefix) {
        return PhoneNumber.Reading(.service, .brazil)
      }
      return .number(.landline, .brazil, ["55\(digits)"])
    case "6"..."9": return mobile(area, number, wasMobile: true)
    default: return nil
    }
  }

  /// Every mobile number has had its ninth digit since 2016, so that is the form to dial.
  private static func mobile(_ area: Substring, _ eight: Substring, wasMobile: Bool)
    -> PhoneNumber.Reading
  {
    let current = "55\(area)9\(eight)"
    return .number(.mobile, .brazil, wasMobile ? [current, "55\(area)\(eight)"] : [current])
  }

  private static func isService(_ digits: Substring) -> Bool {
    if digits.count == 8, nationwide.contains(where: digits.hasPrefix) { return true }
    // Without its 0, 300 begins a Colombian mobile number; 800 begins nothing else.
    let isTrunk = digits.hasPrefix("0")
    let freed = isTrunk ? digits.dropFirst() : digits
    guard (9...10).contains(freed.count) else { return false }
    return freed.hasPrefix("800")
      || isTrunk && ["300", "303", "500", "900"].contains(where: freed.hasPrefix)
  }

  /// Numbers that companies have in the whole country, without an area of their own.
  private static let nationwide = ["3003", "4003", "4004", "4020"]

  private static let areas: Set<String> = [
    "11", "12", "13", "14", "15", "16", "17", "18", "19", "21", "22", "24", "27", "28", "31", "32",
    "33", "34", "35", "37", "38", "41", "42", "43", "44", "45", "46", "47", "48", "49", "51", "53",
    "54", "55", "61", "62", "63", "64", "65", "66", "67", "68", "69", "71", "73", "74", "75", "77",
    "79", "81", "82", "83", "84", "85", "86", "87", "88", "89", "91", "92", "93", "94", "95", "96",
    "97", "98", "99",
  ]
}
