import BeltStorage
import Leads
import RDStation
import Belt

/// What became of one plan.
struct RDTold: Sendable {
  /// Nil when nothing was done and nothing is known anew.
  let state: Effects.State?
  /// How often the outcome was looked for by now; nil when it was not looked for this time.
  var reads: Int?
  let reason: Reason
  /// How long to wait before another look; nil when there is nothing to wait for.
  var wait: Duration?
  /// Whether the wait is for a login that works.
  var isForLogin = false
  /// The message is to be tried again, or given up.
  var disposition: Disposition?

  /// A wait grows with those that the message has behind it: while an API is held back for long, its
  /// backlog must not come round every few seconds.
  func outcome(of message: Message, follows: [Message]) -> Outcome {
    if isForLogin { return .snooze(message.waitForLogin, login(of: message)) }
    if let wait { return .snooze(max(wait, message.waitBeforeAnotherLook), reason) }
    switch disposition {
    case .retry, .split, .busy, .stop: return .retry(reason)
    case .reject: return .reject(reason)
    case nil: return .done(follows: follows)
    }
  }

  /// Whether the journey tells of it; a wait for the same cause as before is not told again.
  func isNews(to message: Message) -> Bool {
    wait == nil || reason.isNews(to: message)
  }

  /// What the journey tells.
  func told(of message: Message) -> Reason { isForLogin ? login(of: message) : reason }

  private func login(of message: Message) -> Reason {
    reason.code == Reason.noLogin(of: "", at: .rdStation).code
      ? .noLogin(of: message.integration, at: .rdStation)
      : .loginDead(of: message.integration, at: .rdStation)
  }
}

extension RDTold {
  static func told(_ update: RDUpdate) -> Self {
    Self(
      state: .confirmed,
      reason: Reason("rd_told", "RD Station was told: \(update.words).")
    )
  }

  /// No witness can decide: a person has to.
  static let undecidable = Self(
    state: .parked,
    reason: Reason(
      "rd_outcome_undecidable",
      "It cannot be found out whether RD Station took the event; look at the lead there. Discard it when the event is there; when it is not, send it with: esteira dead-letters retry ID --not-there"
    ),
    disposition: .reject
  )

  /// The time in which the call was ours is over, and it was not made.
  static func tooLate(_ plan: RDPlan) -> Self {
    Self(
      state: plan.unsent,
      reason: Reason(
        "lease_over",
        "The worker was held up for too long to tell RD Station safely."
      ),
      wait: .seconds(5)
    )
  }

  /// Another worker has the call in hand, and its results count.
  static let takenOver = Self(state: nil, reason: .inOtherHands, wait: .seconds(5))

  /// To be looked for again later.
  ///
  /// `reads`: how often it was looked for by now; `isInPart`: some of the events are there.
  static func unknown(wait: Duration, reads: Int, isInPart: Bool = false) -> Self {
    Self(
      state: .unknown,
      reads: reads,
      reason: Reason(
        "rd_outcome_unknown",
        isInPart
          ? "RD Station shows a part of the events; the others are looked for again."
          : "It is unknown whether RD Station took the events; they are looked for again."
      ),
      wait: wait
    )
  }

  /// Nothing was seen, which counts for no look.
  static func unreadable(_ error: CallError) -> Self {
    if error.meaning == .login { return Self(error, unsent: nil) }
    var wait = Duration.seconds(30)
    if case .wait(let asked) = error.meaning { wait = asked }
    return Self(
      state: nil,
      reason: Reason("rd_read_back_failed", "The outcome could not be read back: \(error)."),
      wait: wait
    )
  }

  /// The events are there: the state says so, and only the rest is tried again.
  static func unfinished(_ error: CallError) -> Self { Self(error, unsent: .confirmed) }

  /// The events are there, and the batch had no time for the rest.
  static let unbegun = Self(
    state: .confirmed,
    reason: Reason("rd_slow", "RD Station answers too slowly; this waits for its turn."),
    wait: .seconds(5)
  )

  var isTold: Bool { state == .confirmed && wait == nil && disposition == nil }

  /// `unsent`: what is known when the call certainly did nothing, or may be made again.
  init(_ error: CallError, unsent: Effects.State?) {
    let reason = error.reason
    switch error.meaning {
    // Nor is it asked what became of the call before RD wants to be asked again.
    case .unknown(let asked):
      self.init(state: .unknown, reason: reason, wait: max(.seconds(5), asked ?? .zero))
    case .wait(let wait): self.init(state: unsent, reason: reason, wait: wait)
    // The integration is at fault and not the message.
    case .login: self.init(state: unsent, reason: reason, wait: .seconds(30), isForLogin: true)
    case .retry: self.init(state: unsent, reason: reason, disposition: .retry)
    case .refused: self.init(state: unsent, reason: reason, disposition: .reject)
    }
  }
}
