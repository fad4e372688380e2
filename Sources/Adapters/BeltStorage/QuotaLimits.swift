package import RDStation

/// How many calls an account may make, by the plan that it has at RD Station.
package struct QuotaLimits: Sendable, Hashable {
  /// Calls a minute to contacts, events and tags.
  ///
  /// 120 on Light, Basic and Pro; 500 on Advanced. The account shares them with its other apps.
  package let callsPerMinute: Int

  package init(callsPerMinute: Int = 120) {
    precondition(callsPerMinute > 0)
    self.callsPerMinute = callsPerMinute
  }

  /// A token bucket that in no minute lets through more than the limit: what it refills in a minute
  /// and what it can have saved together stay below it.
  package func bucket(of api: RDAPI) -> QuotaBucket {
    // The funnel's million calls a day are near 694 a minute.
    let limit = Double(api == .funnels ? max(690, callsPerMinute) : callsPerMinute)
    return QuotaBucket(perSecond: limit * 0.9 / 60, burst: max(1, limit / 12))
  }
}

/// A token bucket: what it gains a second, and the most that it saves, in calls.
package struct QuotaBucket: Sendable, Hashable {
  package let perSecond: Double
  package let burst: Double
}
