/// A delay queue of the broker: a message put there comes back to its stage after that time.
package enum DelayTier: String, CaseIterable, Sendable {
  case seconds5 = "5s"
  case seconds30 = "30s"
  case minutes5 = "5m"
  case minutes30 = "30m"

  package var duration: Duration {
    switch self {
    case .seconds5: .seconds(5)
    case .seconds30: .seconds(30)
    case .minutes5: .seconds(300)
    case .minutes30: .seconds(1800)
    }
  }

  /// The shortest tier that waits at least so long, else the longest.
  package init(atLeast wait: Duration) {
    self = DelayTier.allCases.first { $0.duration >= wait } ?? .minutes30
  }
}

/// What the broker is told about one delivery.
package enum Settlement: Sendable, Hashable {
  /// Publish these, wait for the confirms, then acknowledge.
  case acknowledge(publishing: [Message])
  /// Publish the copy to the tier, wait for the confirm, then acknowledge.
  case delay(Message, DelayTier)
  /// Publish the copy to the parking exchange with its cause, then acknowledge.
  case park(Message, Reason)
}

/// The one place where an outcome and an attempt number become a settlement.
///
/// Attempts wait 5 s, 30 s, 5 min, 30 min and then 30 min each; after ``attemptsMax`` the message is
/// parked. A tier may be one longer by chance, so that what failed together does not return together.
package struct RetryPolicy: Sendable {
  /// Attempts of one message before it is parked, at least 1.
  package let attemptsMax: Int

  package init(attemptsMax: Int = 8) {
    precondition(attemptsMax >= 1)
    self.attemptsMax = attemptsMax
  }

  package func settle(
    _ outcome: Outcome,
    of message: Message,
    using generator: inout some RandomNumberGenerator
  ) -> Settlement {
    switch outcome {
    case .done(let follows):
      return .acknowledge(publishing: follows)
    case .reject(let reason):
      return .park(message, reason)
    case .snooze(let wait, let reason):
      var copy = message
      copy.deferrals += 1
      copy.cause = reason.code
      return .delay(copy, DelayTier(atLeast: wait))
    case .retry(let reason):
      guard message.attempt < attemptsMax else { return .park(message, reason) }
      var copy = message
      copy.attempt += 1
      copy.cause = reason.code
      return .delay(copy, tier(after: message.attempt, using: &generator))
    }
  }

  /// Why a message is given up after this outcome; nil when it is not.
  package func givesUp(_ message: Message, after outcome: Outcome) -> Reason? {
    switch outcome {
    case .reject(let reason): reason
    case .retry(let reason): message.attempt < attemptsMax ? nil : reason
    case .done, .snooze: nil
    }
  }

  private func tier(after attempt: Int, using generator: inout some RandomNumberGenerator)
    -> DelayTier
  {
    let tiers = DelayTier.allCases
    let later = Int.random(in: 0..<5, using: &generator) == 0 ? 1 : 0
    return tiers[min(attempt - 1 + later, tiers.count - 1)]
  }
}
