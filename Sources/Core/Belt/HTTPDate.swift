/// A date as HTTP headers write it, in any of the three forms that a recipient has to read
/// (RFC 9110, 5.6.7).
///
/// | form | example |
/// | --- | --- |
/// | IMF-fixdate | `Sun, 06 Nov 1994 08:49:37 GMT` |
/// | RFC 850 | `Sunday, 06-Nov-94 08:49:37 GMT` |
/// | asctime | `Sun Nov  6 08:49:37 1994` |
package struct HTTPDate: Sendable, Hashable {
  /// Seconds since 1970.
  package let seconds: Int64

  /// Nil for anything else.
  ///
  /// - Parameters:
  ///   - text: The header's value.
  ///   - now: Seconds since 1970; decides the century of a year with two digits, which is never more
  ///     than fifty years ahead.
  package init?(_ text: String, now: Int64) {
    let words = text.split { $0 == " " || $0 == "\t" }.map { $0.lowercased() }
    var day: Substring
    var month: Substring
    var year: Substring
    var clock: String
    switch words.count {
    case 6 where words[0].hasSuffix(",") && words[5] == "gmt":
      (day, month, year, clock) = (words[1][...], words[2][...], words[3][...], words[4])
    case 5:
      (day, month, year, clock) = (words[2][...], words[1][...], words[4][...], words[3])
    case 4 where words[0].hasSuffix(",") && words[3] == "gmt":
      let parts = words[1].split(separator: "-", omittingEmptySubsequences: false)
      guard parts.count == 3 else { return nil }
      (day, month, year, clock) = (parts[0], parts[1], parts[2], words[2])
    default: return nil
    }
    let weekday = words[0].filter { $0 != "," }
    guard Self.weekdays.contains(where: { weekday == $0 || weekday == $0.prefix(3) }),
      let monthIndex = Self.months.firstIndex(of: String(month)),
      let dayNumber = Self.number(day, digits: 1...2),
      var yearNumber = Self.number(year, digits: words.count == 4 ? 2...2 : 4...4),
      let ofDay = Self.secondsOfDay(clock)
    else { return nil }
    if words.count == 4 {
      let thisYear = Self.year(of: now)
      yearNumber += thisYear / 100 * 100
      if yearNumber > thisYear + 50 { yearNumber -= 100 }
    }
    guard (1...Self.days(of: monthIndex + 1, in: yearNumber)).contains(dayNumber) else {
      return nil
    }
    seconds = Self.day(yearNumber, monthIndex + 1, dayNumber) * 86_400 + ofDay
  }

  private static let weekdays = [
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
  ]
  private static let months = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]

  private static func number(_ text: Substring, digits: ClosedRange<Int>) -> Int? {
    guard digits.contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    return Int(text)
  }

  private static func secondsOfDay(_ text: String) -> Int64? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 3, let hour = number(parts[0], digits: 2...2),
      let minute = number(parts[1], digits: 2...2), let second = number(parts[2], digits: 2...2),
      // Sixty is a leap second.
      hour < 24, minute < 60, second <= 60
    else { return nil }
    return Int64(hour * 3600 + minute * 60 + second)
  }

  private static func days(of month: Int, in year: Int) -> Int {
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
  }

  /// Days since 1970, in the Gregorian calendar; years begin in March, so that the leap day is the last.
  private static func day(_ year: Int, _ month: Int, _ day: Int) -> Int64 {
    let year = month <= 2 ? year - 1 : year
    let era = year / 400
    let ofEra = year % 400
    let ofYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return Int64(era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719_468)
  }

  private static func year(of seconds: Int64) -> Int {
    var year = 1970 + Int(seconds / 31_556_952)
    // The mean year is off by a day at most.
    while day(year + 1, 1, 1) * 86_400 <= seconds { year += 1 }
    while day(year, 1, 1) * 86_400 > seconds { year -= 1 }
    return year
  }
}
