/// A point in time with RD Station's three ways of writing it.
package struct Timestamp: Sendable, Hashable, Comparable {
  /// Since 1970-01-01T00:00:00Z.
  package let milliseconds: Int64

  package init(milliseconds: Int64) { self.milliseconds = milliseconds }

  package static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.milliseconds < right.milliseconds
  }

  package func adding(seconds: Int64) -> Timestamp {
    Timestamp(milliseconds: milliseconds + seconds * 1000)
  }

  package func adding(milliseconds more: Int64) -> Timestamp {
    Timestamp(milliseconds: milliseconds + more)
  }

  /// Contact side: `2026-03-09T14:02:10.000-03:00`.
  package var brasilia: String {
    "\(Timestamp(milliseconds: milliseconds - 3 * 3_600_000).text(fraction: true))-03:00"
  }

  /// Events: `2026-03-09T17:02:10Z`.
  package var utc: String { "\(text(fraction: false))Z" }

  /// Subscriptions and our ledger: `2026-03-09T17:02:10.000Z`.
  package var utcMilliseconds: String { "\(text(fraction: true))Z" }

  private func text(fraction: Bool) -> String {
    let day = milliseconds.flooredDivision(by: 86_400_000)
    let rest = Int(milliseconds - day * 86_400_000)
    let (year, month, dayOfMonth) = Self.civil(day)
    var out: [UInt8] = []
    out.reserveCapacity(24)
    func put(_ number: Int, _ width: Int) {
      var divisor = 1
      for _ in 1..<width { divisor *= 10 }
      while divisor > 0 {
        out.append(UInt8(0x30 + number / divisor % 10))
        divisor /= 10
      }
    }
    put(year, 4)
    out.append(UInt8(ascii: "-"))
    put(month, 2)
    out.append(UInt8(ascii: "-"))
    put(dayOfMonth, 2)
    out.append(UInt8(ascii: "T"))
    put(rest / 3_600_000, 2)
    out.append(UInt8(ascii: ":"))
    put(rest / 60_000 % 60, 2)
    out.append(UInt8(ascii: ":"))
    put(rest / 1000 % 60, 2)
    if fraction {
      out.append(UInt8(ascii: "."))
      put(rest % 1000, 3)
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// Year, month and day of a number of days since 1970 (Howard Hinnant's `civil_from_days`).
  private static func civil(_ days: Int64) -> (Int, Int, Int) {
    let shifted = days + 719_468
    let era = shifted.flooredDivision(by: 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (Int(year), Int(month), Int(day))
  }
}

extension Int64 {
  fileprivate func flooredDivision(by divisor: Int64) -> Int64 {
    self >= 0 ? self / divisor : (self - divisor + 1) / divisor
  }
}
