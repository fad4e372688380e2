/// A moment in milliseconds since 1970.
package struct Timestamp: Sendable, Hashable, Comparable {
  package let milliseconds: Int64

  package init(milliseconds: Int64) { self.milliseconds = milliseconds }

  package static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.milliseconds < right.milliseconds
  }
}

extension Timestamp {
  /// Reads ISO 8601 with offset or `Z`, with or without a fraction, from 1970 up to and including 2199.
  ///
  /// Nil for anything else: a time without an offset names no moment, the 31st of February is no day,
  /// and a year far off is a slip that would outrank every true time after it. Another form of time is
  /// no fault of the lead; the event then has no time of its own.
  package init?(_ text: String) {
    var reader = TimeReader(rest: text.utf8[...])
    guard let year = reader.number(4), reader.take("-"), let month = reader.number(2),
      reader.take("-"), let day = reader.number(2), reader.take("T", "t", " "),
      let hour = reader.number(2), reader.take(":"), let minute = reader.number(2),
      reader.take(":"), let second = reader.number(2), let fraction = reader.fraction(),
      let offset = reader.offset(), reader.rest.isEmpty,
      (1970...2199).contains(year), (1...12).contains(month),
      (1...Self.days(in: month, of: year)).contains(day), hour < 24, minute < 60, second < 60
    else { return nil }
    let seconds = ((Self.day(year, month, day) * 24 + hour) * 60 + minute - offset) * 60 + second
    milliseconds = Int64(seconds * 1000 + fraction)
  }

  private static func isLeap(_ year: Int) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  static func days(in month: Int, of year: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Days since the first of 1970.
  private static func day(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let before = year - 1
    let leaps = before / 4 - before / 100 + before / 400
    let months = (1..<month).reduce(0) { $0 + days(in: $1, of: year) }
    return (before * 365 + leaps) - 719_162 + months + day - 1
  }
}

/// Reads the parts of a time one after the other.
private struct TimeReader {
  var rest: Substring.UTF8View

  mutating func take(_ allowed: Unicode.Scalar...) -> Bool {
    guard let byte = rest.first, allowed.contains(Unicode.Scalar(byte)) else { return false }
    rest.removeFirst()
    return true
  }

  mutating func number(_ digits: Int) -> Int? {
    let part = rest.prefix(digits)
    guard part.count == digits, part.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    rest.removeFirst(digits)
    return part.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }

  /// Milliseconds; 0 without a fraction, nil for a point with nothing behind it.
  mutating func fraction() -> Int? {
    guard take(".", ",") else { return 0 }
    let digits = rest.prefix { (0x30...0x39).contains($0) }
    guard !digits.isEmpty else { return nil }
    rest.removeFirst(digits.count)
    let leading = digits.prefix(3).reduce(0) { $0 * 10 + Int($1 - 0x30) }
    return leading * [100, 10, 1][min(digits.count, 3) - 1]
  }

  /// Minutes ahead of UTC; nil without an offset.
  mutating func offset() -> Int? {
    if take("Z", "z") { return 0 }
    let isBehind = rest.first == UInt8(ascii: "-")
    guard take("+", "-"), let hours = number(2), hours < 24 else { return nil }
    _ = take(":")
    guard let minutes = number(2), minutes < 60 else { return nil }
    return (isBehind ? -1 : 1) * (hours * 60 + minutes)
  }
}
