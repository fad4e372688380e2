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

  package var meaning: CallMeaning {
    switch code {
    case .rateLimited(let wait): .wait(wait)
    case .loginEnded: .login
    case .unavailable: .retry
    case .outcomeUnknown: .unknown(after: nil)
    case .refused, .configuration: .refused
    }
  }

  /// See ``CallMeaning/outcome(of:_:)``.
  package func outcome(of message: Message) -> Outcome { meaning.outcome(of: message, reason) }
}
