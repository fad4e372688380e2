package import Belt

/// An opportunity mark that we set at RD Station, as the effect that sets it tells.
///
/// RD Station tells of it by its webhooks as of any other mark, and nothing in the body says who
/// marked. It is known again by what we did: a mark of that person, at the time of our call. Each
/// effect explains one mark of RD Station, by whichever webhook and however often it is told; what a
/// person marks later has another time, and is a person's.
package struct OwnMark: Sendable, Hashable {
  /// What RD Station told of it first.
  package struct Echo: Sendable, Hashable {
    package let event: Identifier
    /// The time of the mark at RD Station; nil when the body does not say.
    package let at: Timestamp?

    package init(event: Identifier, at: Timestamp?) {
      self.event = event
      self.at = at
    }
  }

  /// A mark that a webhook tells of.
  package struct Sighting: Sendable, Hashable {
    package let event: Identifier
    /// The time of the mark at RD Station; nil when the body does not say.
    package let at: Timestamp?
    /// When the webhook reached us; nil when that is not known.
    package let arrivedAt: Timestamp?
  }

  /// How far RD Station's clock may be behind the database's.
  static let clockSkew: Int64 = 60_000
  /// How long after a call RD Station may carry it out.
  static let lateness: Int64 = 600_000
  /// How far the times of one mark in the two bodies may lie apart.
  ///
  /// Small, for a person may take our mark away and set another one within seconds.
  package static let spread: Int64 = 2_000

  package let effect: Identifier
  /// Before the first call that may have set it, by the database's clock.
  package let begunAt: Timestamp
  /// Before the last such call; a call of unknown outcome may have been made again.
  package let sentAt: Timestamp
  package var echo: Echo?

  package init(effect: Identifier, begunAt: Timestamp, sentAt: Timestamp, echo: Echo? = nil) {
    self.effect = effect
    self.begunAt = begunAt
    self.sentAt = sentAt
    self.echo = echo
  }

  /// Whether this is what the webhook tells of.
  package func explains(_ sighting: Sighting) -> Bool {
    guard let echo else { return isInTime(sighting) }
    if echo.event == sighting.event { return true }
    guard let told = echo.at, let at = sighting.at else { return isInTime(sighting) }
    return abs(told.milliseconds - at.milliseconds) <= Self.spread
  }

  private func isInTime(_ sighting: Sighting) -> Bool {
    guard let at = sighting.at ?? sighting.arrivedAt else { return false }
    // Set and told before we began, by RD Station's clock and by ours: somebody else was first.
    if at < begunAt, let arrivedAt = sighting.arrivedAt, arrivedAt < begunAt { return false }
    return [begunAt, sentAt].contains { call in
      let distance = at.milliseconds - call.milliseconds
      return -Self.clockSkew <= distance && distance <= Self.lateness
    }
  }
}

extension Reason {
  static let ownMark = Reason(
    "own_mark",
    "Esteira itself marked the lead as opportunity at RD Station; this is RD Station telling of it, so nothing else was made."
  )
}
