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

extension Settlement {
  /// What the broker must have before the delivery is acknowledged.
  var outgoing: [Outgoing] {
    switch self {
    case .acknowledge(let follows): follows.map { Outgoing($0) }
    case .delay(let copy, let tier): [Outgoing(copy, to: .delay(tier))]
    case .park(let copy, let reason): [Outgoing(copy, to: .parking(reason))]
    }
  }
}

/// The one place where an outcome and an attempt number become a settlement.
///
/// A failed attempt waits with full jitter: an even draw between 0 and a cap that grows with the
/// attempts, so that what failed together does not return together. The broker's tiers bound how fine
/// it can be: the draw is one of equal steps, and a message passes several tiers to make it up.
///
/// | after attempt | cap | steps of |
/// | --- | --- | --- |
/// | 1 | 15 s | 5 s |
/// | 2 | 60 s | 5 s |
/// | 3 | 10 min | 30 s |
/// | 4 and later | 30 min | 30 s |
///
/// What is left of a wait travels in the message, counted down by the tiers that it has passed, so no
/// clock is compared with another. After ``attemptsMax`` the message is parked.
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
      let asked = min(Self.seconds(wait), Self.snoozeSecondsMax)
      var copy = message
      copy.deferrals += 1
      copy.cause = reason.code
      return copy.waiting(seconds: Self.spread(asked, using: &generator))
    case .retry(let reason):
      guard message.attempt < attemptsMax else { return .park(message, reason) }
      var copy = message
      copy.attempt += 1
      copy.cause = reason.code
      return copy.waiting(seconds: Self.draw(after: message.attempt, using: &generator))
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

  /// A failed attempt for which the retry budget has nothing left: it waits one class longer and
  /// counts no attempt.
  package func postpone(
    _ message: Message,
    _ reason: Reason,
    using generator: inout some RandomNumberGenerator
  ) -> Settlement {
    var copy = message
    copy.deferrals += 1
    copy.cause = reason.code
    return copy.waiting(seconds: Self.draw(after: message.attempt + 1, using: &generator))
  }

  /// The next leg of a wait that is longer than the tier from which the message came; nil when the
  /// message is due.
  package func onward(_ message: Message) -> Settlement? {
    guard let left = message.notes[Message.waitNote].flatMap({ Int($0) }), left > 0 else {
      return nil
    }
    return message.waiting(seconds: min(left, Self.snoozeSecondsMax * 2))
  }

  /// A day, the longest window of a quota.
  private static let snoozeSecondsMax = 86_400
  private static let classes = [(cap: 15, step: 5), (60, 5), (600, 30), (1800, 30)]

  private static func draw(after attempt: Int, using generator: inout some RandomNumberGenerator)
    -> Int
  {
    let (cap, step) = classes[min(max(attempt, 1), classes.count) - 1]
    // From one step on: the shortest tier is the least that can be waited.
    return Int.random(in: 1...cap / step, using: &generator) * step
  }

  /// Never shorter than asked, and a fifth longer at most, so that a window that closed for many does
  /// not meet all of them when it opens.
  ///
  /// In steps of the shortest tier, which is all that can be waited: what is asked is rounded up to one,
  /// and a wait below five steps has no room for a draw.
  private static func spread(_ asked: Int, using generator: inout some RandomNumberGenerator) -> Int
  {
    let step = 5
    let least = max(1, (asked + step - 1) / step)
    let most = max(least, asked * 6 / 5 / step)
    return Int.random(in: least...most, using: &generator) * step
  }

  /// Rounded up to whole seconds.
  private static func seconds(_ wait: Duration) -> Int {
    let (seconds, rest) = wait.components
    return max(0, Int(seconds) + (rest > 0 ? 1 : 0))
  }
}

extension Message {
  /// Seconds that are left to wait when the message comes out of its tier.
  package static let waitNote = "wait"

  /// The longest tier that is not longer than the wait (else the shortest), and what is left after it.
  fileprivate func waiting(seconds: Int) -> Settlement {
    let tier =
      DelayTier.allCases.last { $0.duration <= .seconds(seconds) } ?? .seconds5
    let left = seconds - Int(tier.duration.components.seconds)
    var copy = self
    copy.notes[Self.waitNote] = left > 0 ? String(left) : nil
    return .delay(copy, tier)
  }
}
