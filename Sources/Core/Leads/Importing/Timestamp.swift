private import FoundationEssentials

/// A moment in milliseconds since 1970.
package struct Timestamp: Sendable, Hashable, Comparable {
  package let milliseconds: Int64

  package init(milliseconds: Int64) { self.milliseconds = milliseconds }

  /// Reads ISO 8601 with offset or `Z`, with or without a fraction; nil for anything else.
  package init?(_ text: String) {
    let hasFraction = text.contains(".")
    do {
      let date = try Date.ISO8601FormatStyle(includingFractionalSeconds: hasFraction).parse(text)
      milliseconds = Int64((date.timeIntervalSince1970 * 1000).rounded())
    } catch {
      // Another form of time is no fault of the lead: the event then has no time of its own.
      return nil
    }
  }

  package static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.milliseconds < right.milliseconds
  }
}
