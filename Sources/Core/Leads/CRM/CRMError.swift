package import Belt

/// What can go wrong at a CRM; one set of causes for all of them.
package struct CRMError: Error, Sendable, Hashable {
  package enum Code: Sendable, Hashable {
    /// Certainly nothing happened; later it may work.
    case unavailable
    /// A quota; nothing happened.
    case rateLimited(after: Duration)
    /// The integration's login is dead; nothing happened.
    case loginEnded
    /// The CRM refused it for good.
    case refused
    /// The settings name something that the CRM does not have (any more).
    case configuration
    /// It may have happened.
    case outcomeUnknown
  }

  package let code: Code
  package let reason: Reason

  package init(_ code: Code, _ reason: Reason) {
    self.code = code
    self.reason = reason
  }

  /// What it means for a message whose call may be made again: one that creates must not be, when its
  /// outcome is not known.
  package func outcome(of message: Message) -> Outcome {
    switch code {
    case .rateLimited(let wait): .snooze(max(wait, message.waitBeforeAnotherLook), reason)
    case .loginEnded: .snooze(max(.seconds(30), message.waitBeforeAnotherLook), reason)
    case .unavailable, .outcomeUnknown: .retry(reason)
    case .refused, .configuration: .reject(reason)
    }
  }
}
