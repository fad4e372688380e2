/// The parts of RD Station's API that have quotas of their own.
package enum RDAPI: String, CaseIterable, Sendable {
  case contacts, events, tags, funnels

  /// What has no quota of its own counts as contacts, the strictest.
  ///
  /// `route`: the path with its variables by name.
  init(route: String) {
    if route.hasSuffix("/tag") {
      self = .tags
    } else if route.contains("/funnels/") {
      self = .funnels
    } else if route.hasPrefix("/platform/events") {
      self = .events
    } else {
      self = .contacts
    }
  }
}

/// Leave to make one call.
package struct RDPermit: Sendable, Hashable {
  /// How a call ended, as far as it says something of RD Station.
  package enum Ending: Sendable, Hashable {
    /// RD answered, if only with a refusal.
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
  package let api: RDAPI
  /// True when the API is failing and this call shall find out whether it still does.
  package let isProbe: Bool

  package init(_ api: RDAPI, of integration: String, isProbe: Bool = false) {
    self.integration = integration
    self.api = api
    self.isProbe = isProbe
  }
}

/// Keeps the calls of the whole fleet within what RD Station grants, and spares it while it fails.
package protocol RDPermits: Sendable {
  /// Asks for one call; may wait a moment for it.
  ///
  /// - Throws: `.rateLimited` or `.heldBack` with the time to wait; no call may be made.
  func permit(_ api: RDAPI, of integration: String) async throws(RDStationError) -> RDPermit
  /// Tells how the call ended, once for each permit.
  func ended(_ permit: RDPermit, _ ending: RDPermit.Ending) async
}

/// Grants everything.
package struct UnlimitedRDPermits: RDPermits {
  package init() {}
  package func permit(_ api: RDAPI, of integration: String) -> RDPermit {
    RDPermit(api, of: integration)
  }
  package func ended(_: RDPermit, _: RDPermit.Ending) {}
}
