/// A moment as the vendor's periods and our notes write it, always in UTC: v1 compares periods in UTC
/// although it answers in local time.
struct MomentText: Sendable, Hashable {
  private let day: String
  private let time: String
  private let seconds: String

  /// `milliseconds`: since 1970, of the years 1970 to 9999.
  init(_ milliseconds: Int64) {
    let total = max(0, milliseconds) / 1000
    let rest = Int(total % 86_400)
    let (year, month, date) = Self.civil(total / 86_400)
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    day = "\(year)-\(two(month))-\(two(date))"
    time = "\(two(rest / 3600)):\(two(rest / 60 % 60))"
    seconds = two(rest % 60)
  }

  /// `2026-03-09T17:02:10`, as v1 wants it.
  var naive: String { "\(day)T\(time):\(seconds)" }

  /// `2026-03-09 17:02:10`, as v2's filters want it.
  var blank: String { "\(day) \(time):\(seconds)" }

  /// `2026-03-09 17:02 UTC`, for people.
  var minutes: String { "\(day) \(time) UTC" }

  /// Year, month and day of a number of days since 1970 (Howard Hinnant's `civil_from_days`).
  private static func civil(_ days: Int64) -> (Int, Int, Int) {
    let shifted = days + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (Int(year), Int(month), Int(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1))
  }
}
