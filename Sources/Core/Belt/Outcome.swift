/// Why something ended as it did: a code for programs and a sentence for people.
///
/// Neither holds personal data.
package struct Reason: Error, Sendable, Hashable {
  /// Lower case with underscores, such as `rd_login_expired`; part of the fingerprint.
  package let code: String
  package let sentence: String

  package init(_ code: String, _ sentence: String) {
    self.code = code
    self.sentence = sentence
  }
}

/// What became of one message, as its handler sees it.
package enum Outcome: Sendable, Hashable {
  /// Every effect is committed; what follows from it is still to be published.
  case done(follows: [Message])
  /// An expected wait that counts no attempt, such as a quota.
  case snooze(Duration, Reason)
  /// A failure that another attempt may heal.
  case retry(Reason)
  /// No attempt can help; the message is at fault.
  case reject(Reason)
}

/// An error that knows what a worker should do about it.
package protocol Failure: Error, Sendable {
  var disposition: Disposition { get }
  var reason: Reason { get }
}

/// What an error means for the message in hand.
package enum Disposition: Sendable, Hashable {
  /// The same message may succeed later.
  case retry
  /// The message itself is at fault.
  case reject
  /// It is too much at once: less of it may succeed.
  case split
  /// Others hold what it needs, and it waits for them without losing an attempt.
  case busy
  /// The footing is gone (database, broker): keep the message in hand and wait until it is back.
  case stop
}

extension Outcome {
  /// A wait for others, longer than theirs usually is: each look may take a lock's whole time-out.
  private static func busy(_ message: Message, _ reason: Reason) -> Outcome {
    .snooze(max(.seconds(15), message.waitBeforeAnotherLook), reason)
  }

  /// What an error that a handler threw means for the one message it had in hand.
  ///
  /// Nil when the footing is gone, or the process is stopping: that is no outcome of the message.
  package init?(thrown error: any Error, of message: Message) {
    if error is CancellationError, Task.isCancelled { return nil }
    let failure = error as? any Failure
    // The type only: the text of an unknown error might hold personal data.
    let reason =
      failure?.reason
      ?? Reason("unexpected_error", "An error that nobody classified: \(type(of: error)).")
    switch failure?.disposition ?? .retry {
    // Alone, and still too much: another time there may be more room.
    case .retry, .split: self = .retry(reason)
    case .busy: self = message.isTiredOfWaiting ? .retry(reason) : .busy(message, reason)
    case .reject: self = .reject(reason)
    case .stop: return nil
    }
  }
}
