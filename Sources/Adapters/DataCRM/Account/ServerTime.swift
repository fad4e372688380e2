import Leads

/// A moment as DataCRM writes it, in whole seconds of universal time: `2026-11-30 12:00:00`.
struct ServerTime: Sendable, Hashable, Comparable {
  /// Since 1970.
  let seconds: Int64

  init(seconds: Int64) { self.seconds = seconds }

  /// Nil for another form.
  init?(_ text: String) {
    guard let time = Timestamp("\(text)Z") else { return nil }
    seconds = time.milliseconds / 1000
  }

  static func < (one: Self, other: Self) -> Bool { one.seconds < other.seconds }

  func adding(seconds more: Int64) -> ServerTime { ServerTime(seconds: max(0, seconds + more)) }

  func adding(days: Int) -> ServerTime { adding(seconds: Int64(days) * 86_400) }

  /// Such as `2026-11-30`.
  var day: String {
    // Howard Hinnant's `civil_from_days`, for days since 1970.
    let shifted = seconds / 86_400 + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return "\(year)-\(Self.two(month))-\(Self.two(day))"
  }

  var text: String {
    let rest = seconds % 86_400
    let time = [rest / 3600, rest / 60 % 60, rest % 60].map(Self.two).joined(separator: ":")
    return "\(day) \(time)"
  }

  private static func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
