/// Why an outside system did not do, or may not have done, what it was asked.
///
/// The description is safe to log: codes, the system's own type of error and place, never a body or an
/// address.
package struct CallError: Failure {
  package enum Cause: Sendable, Hashable {
    /// No call can be made of it, whenever it is tried.
    case unfit(code: String, sentence: String)
    /// The system is failing and is being spared, or whether it is could not be asked: no call was made.
    case heldBack(Duration)
    /// The time in which the call was to begin is over: no call was made.
    case late
    /// There is no login that can be read: no call was made.
    case noLogin
    /// The login is refused, also after one renewal; nothing was done.
    case loginDead
    /// Certainly nothing happened: no byte of the body left this machine.
    case notSent
    /// A time-out, a cut connection or a cut answer, after something was sent.
    case lost
    /// It cannot now (408, 5xx), and may ask to be left alone for so long.
    case failing(wait: Duration?)
    /// It did something, and its answer is not what its documents say.
    case unreadable
    /// A quota is used up; nothing was done. At most 24 h. That of one record leaves others free.
    case limited(Duration, ofOneRecord: Bool = false)
    /// It knows no such record.
    case notFound
    /// Another change was in the way, and this one did nothing.
    case conflict
    /// It read the request and will never take it; nothing was done.
    case refused(type: String, path: String?)
  }

  package let system: OutsideSystem
  package let cause: Cause
  package let effect: CallEffect
  /// The status of the answer, nil when there was none.
  package let status: Int?
  /// What was caught here.
  ///
  /// Not part of the description, since its text is not ours.
  package let underlying: (any Error)?

  package init(
    _ cause: Cause,
    of effect: CallEffect,
    at system: OutsideSystem,
    status: Int? = nil,
    underlying: (any Error)? = nil
  ) {
    self.cause = cause
    self.effect = effect
    self.system = system
    self.status = status
    self.underlying = underlying
  }

  package var meaning: CallMeaning { cause.meaning(of: effect) }

  /// Whether the used-up quota is that of one record.
  package var limitsOneRecord: Bool {
    if case .limited(_, true) = cause { return true }
    return false
  }

  package var disposition: Disposition { meaning == .refused ? .reject : .retry }

  package var reason: Reason { Reason("\(system.code)_\(word)", "\(self).") }
}

extension CallMeaning {
  /// What a stage answers for a message that met it, where another call does no harm; a call of unknown
  /// outcome is not answered for by this.
  ///
  /// A wait grows with those that the message has behind it: while a system is held back for long, its
  /// backlog must not come round every few seconds.
  package func outcome(of message: Message, _ reason: Reason) -> Outcome {
    switch self {
    case .wait(let wait): .snooze(max(wait, message.waitBeforeAnotherLook), reason)
    case .login: .snooze(message.waitForLogin, reason)
    case .retry, .unknown: .retry(reason)
    case .refused: .reject(reason)
    }
  }
}

extension CallError {
  /// See ``CallMeaning/outcome(of:_:)``.
  package func outcome(of message: Message) -> Outcome {
    meaning.outcome(of: message, reason(of: message))
  }

  /// The reason; for a login that does not work, the one that names the integration.
  package func reason(of message: Message) -> Reason {
    switch cause {
    case .loginDead: .loginDead(of: message.integration, at: system)
    case .noLogin: .noLogin(of: message.integration, at: system)
    default: reason
    }
  }
}

extension Message {
  /// How long to wait for a login that works: soon enough while somebody may be about to connect it, and
  /// more seldom while nobody does.
  package var waitForLogin: Duration {
    switch deferrals {
    case ..<12: .seconds(30)
    case ..<120: .seconds(60)
    default: .seconds(300)
    }
  }
}

extension Reason {
  /// The system refuses the integration's login.
  package static func loginDead(of integration: String, at system: OutsideSystem) -> Reason {
    Reason(
      "\(system.code)_login_dead",
      "\(system.name) refuses the login; this waits until the account is connected again: "
        + "esteira connect \(integration)"
    )
  }

  /// There is no login, or it cannot be read here.
  package static func noLogin(of integration: String, at system: OutsideSystem) -> Reason {
    Reason(
      "\(system.code)_no_token",
      "The login of \(integration) at \(system.name) is missing or cannot be read; this waits until "
        + "it can. See: esteira doctor"
    )
  }
}

extension CallError: CustomStringConvertible {
  package var description: String {
    let answered = status.map { ", status \($0)" } ?? ""
    return "\(system.name): \(sentence)\(answered)"
  }

  /// The part of a reason's code that tells the causes apart.
  private var word: String {
    switch cause {
    case .unfit(let code, _): code
    case .heldBack: "held_back"
    case .late: "late"
    case .loginDead: "login_dead"
    case .noLogin: "no_token"
    case .notSent: "not_reached"
    case .limited: "rate_limited"
    case .notFound: "not_found"
    case .conflict: "conflict"
    case .refused(let type, _): "refused_\(type.lowercased())"
    case .failing: "unavailable"
    case .lost, .unreadable: meaning == .retry ? "unavailable" : "outcome_unknown"
    }
  }

  private var sentence: String {
    switch cause {
    case .unfit(_, let sentence): sentence
    case .heldBack: "calls are held back while it recovers"
    case .late: "there was no time left to call"
    case .loginDead: "the login was refused; connect the account again"
    case .noLogin: "there is no login that can be read"
    case .notSent: "no connection; nothing was sent"
    case .limited(let wait, let ofOneRecord):
      "rate limit of \(ofOneRecord ? "one record" : "the account") reached, "
        + "retry after \(wait.components.seconds) s"
    case .notFound: "no such record"
    case .conflict: "another change was in the way; nothing was done"
    case .refused(let type, let path): "refused as \(type)\(path.map { " at \($0)" } ?? "")"
    case .failing: "unavailable"
    case .lost: meaning == .retry ? "unavailable" : "the answer was lost; it may have been done"
    case .unreadable: "the answer cannot be understood"
    }
  }
}
