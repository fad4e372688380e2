package import Belt

/// A part of an outside system that counts its calls by itself.
package struct Quota: Sendable, Hashable {
  /// Its key in the database; lower case.
  package let name: String

  package init(_ name: String) { self.name = name }
}

/// Leave to make one call.
package struct CallPermit: Sendable, Hashable {
  /// How a call ended, as far as it says something of the system.
  package enum Ending: Sendable, Hashable {
    /// It answered, if only with a refusal.
    case answered
    /// A 5xx, a time-out, no connection.
    case failed
    /// The quota of the account is used up for so long.
    case limited(Duration)
    /// The caller gave up.
    case cancelled
    /// No call was made: the permit came too late.
    case unused
  }

  package let integration: String
  package let quota: Quota
  /// True when the system is failing and this call shall find out whether it still does.
  package let isProbe: Bool

  package init(_ quota: Quota, of integration: String, isProbe: Bool = false) {
    self.integration = integration
    self.quota = quota
    self.isProbe = isProbe
  }
}

/// Why no call may be made now.
package struct NoPermit: Error, Sendable {
  /// `.limited` or `.heldBack`, with the time to wait.
  package let cause: CallError.Cause
  package let underlying: (any Error)?

  package init(_ cause: CallError.Cause, underlying: (any Error)? = nil) {
    self.cause = cause
    self.underlying = underlying
  }
}

/// Keeps the calls of the whole fleet within what a system grants, and spares it while it fails.
package protocol CallPermits: Sendable {
  /// Asks for one call; may wait a moment for it.
  func permit(_ quota: Quota, of integration: String) async throws(NoPermit) -> CallPermit
  /// Tells how the call ended, once for each permit.
  func ended(_ permit: CallPermit, _ ending: CallPermit.Ending) async
}

/// Grants everything.
package struct UnlimitedPermits: CallPermits {
  package init() {}
  package func permit(_ quota: Quota, of integration: String) -> CallPermit {
    CallPermit(quota, of: integration)
  }
  package func ended(_: CallPermit, _: CallPermit.Ending) {}
}
