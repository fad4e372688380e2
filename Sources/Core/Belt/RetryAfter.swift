/// How long an answer of HTTP asks to wait, by its `Retry-After` (RFC 9110, 10.2.3).
package enum RetryAfter {
  /// The longest wait that is kept: a day, the longest window of a quota.
  package static let longest = Duration.seconds(86_400)

  /// Reads seconds, or a date in any of HTTP's forms.
  ///
  /// - Parameters:
  ///   - text: The header's value; nil without one.
  ///   - date: The answer's own `Date`. A date to wait for is by the other side's clock, so that it is
  ///     compared with this one where there is one.
  ///   - now: Seconds since 1970, by our clock.
  /// - Returns: From one second to a day; nil for nonsense and for a date that is over: who asks for
  ///   nothing that can be understood is waited for as if there were no header.
  package static func wait(_ text: String?, date: String? = nil, now: Int64) -> Duration? {
    guard let text = text?.trimmingSpace, !text.isEmpty else { return nil }
    if let seconds = seconds(text) { return bounded(seconds) }
    guard let until = HTTPDate(text, now: now) else { return nil }
    let from = date.flatMap { HTTPDate($0.trimmingSpace, now: now) }?.seconds ?? now
    guard until.seconds > from else { return nil }
    return bounded(.seconds(until.seconds - from))
  }

  /// Digits, perhaps with a fraction, as some send it.
  private static func seconds(_ text: String) -> Duration? {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard
      parts.allSatisfy({ part in
        !part.isEmpty && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
      })
    else { return nil }
    // So many digits that they are no number mean for ever.
    guard let whole = Int64(parts[0]), whole < 1 << 40 else { return longest }
    return .seconds(parts.count > 1 && parts[1].contains { $0 != "0" } ? whole + 1 : whole)
  }

  private static func bounded(_ wait: Duration) -> Duration { min(max(wait, .seconds(1)), longest) }
}

extension String {
  fileprivate var trimmingSpace: String {
    let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
    var text = drop(while: isSpace)
    while let last = text.last, isSpace(last) { text.removeLast() }
    return String(text)
  }
}
