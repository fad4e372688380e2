package import OutsideCalls

/// The parts of RD Station's API that have quotas of their own; what has none counts as contacts, the
/// strictest.
extension Quota {
  package static let contacts = Quota("contacts")
  package static let events = Quota("events")
  package static let funnels = Quota("funnels")
}

/// How many calls an account may make, by the plan that it has at RD Station.
package struct RDQuotas: Sendable, Hashable {
  /// Calls a minute to contacts and events.
  ///
  /// 120 on Light, Basic and Pro; 500 on Advanced. The account shares them with its other apps.
  package let callsPerMinute: Int

  package init(callsPerMinute: Int = 120) {
    precondition(callsPerMinute > 0)
    self.callsPerMinute = callsPerMinute
  }

  package func bucket(of quota: Quota) -> QuotaBucket {
    // The funnel's million calls a day are near 694 a minute.
    let limit = quota == .funnels ? max(690, callsPerMinute) : callsPerMinute
    return QuotaBucket(callsPerMinute: Double(limit))
  }
}
