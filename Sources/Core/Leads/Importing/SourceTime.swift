package import Belt

/// When an event happened, as far as its source can be believed.
///
/// The newest event decides what is known of a lead, so one that is dated into the future, by a clock
/// that is wrong or a zone that was forgotten, would keep every true event after it from being heard.
package struct SourceTime: Sendable, Hashable {
  /// What the event is ordered by.
  package let at: Timestamp
  /// How far ahead of its arrival the event was dated; nil for one that can be believed.
  package let ahead: Duration?

  /// What clocks may differ by.
  package static let aheadMax = Duration.seconds(300)

  /// `arrivedAt`: in milliseconds since 1970, 0 when it is not known.
  package init(of event: LeadEvent, arrivedAt: Int64) {
    let arrival = Timestamp(milliseconds: arrivedAt)
    let ahead = event.occurredAt.map {
      Duration.milliseconds($0.milliseconds - arrival.milliseconds)
    }
    if let ahead, ahead > Self.aheadMax, arrivedAt > 0 {
      at = arrival
      self.ahead = ahead
    } else {
      at = event.occurredAt ?? arrival
      self.ahead = nil
    }
  }
}

extension Reason {
  /// The event's own time is not used; nil when it is.
  package static func sourceTimeAhead(_ time: SourceTime) -> Reason? {
    time.ahead.map { ahead in
      let minutes = ahead.components.seconds / 60
      let (number, unit) =
        minutes < 120
        ? (minutes, "minutes")
        : minutes < 2_880 ? (minutes / 60, "hours") : (minutes / 1_440, "days")
      return Reason(
        "source_time_ahead",
        "The event is dated \(number) \(unit) after it arrived, which cannot be; the time of its arrival counts instead."
      )
    }
  }
}
