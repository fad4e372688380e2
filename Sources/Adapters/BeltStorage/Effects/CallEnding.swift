import Leads
package import Belt

/// What became of one call that acts once, and what that means for its message.
///
/// The states of an effect, as they stand in the database:
///
/// ```
///                 not sent, refused, quota, login
///          ┌──────────────────────────────────────┐
///          ▼                                      │
///        failed ── next attempt ──▶ sent ─────────┤
///                                    │  ▲         │ answered
///       answer lost, or worker gone  │  │         ▼
///                                    │  │     confirmed ── then what may be repeated
///                                    ▼  │ not there,
///                                 unknown │ at the last look
///                                    │  └─┴─────▶ (renewed: sent)
///                                    │ shown by its witness ──▶ confirmed
///                                    │ no witness can tell, at the last look
///                                    ▼
///                                  parked ── a person: not there ──▶ failed
/// ```
package struct CallEnding: Sendable {
  enum Step: Sendable, Hashable {
    case done
    case wait(Duration)
    case login
    case retry
    case reject
  }

  /// Nil when nothing was done and nothing is known anew.
  package let state: Effects.State?
  let step: Step
  package let reason: Reason
  /// How often the outcome was looked for by now; nil when it was not looked for this time.
  var reads: Int?

  init(_ state: Effects.State?, _ step: Step, _ reason: Reason, reads: Int? = nil) {
    self.state = state
    self.step = step
    self.reason = reason
    self.reads = reads
  }

  /// `unsent`: what is known when the call certainly did nothing, or may be made again.
  init(_ error: some CallTrouble, of message: Message, unsent: Effects.State?) {
    let reason = error.reason(of: message)
    switch error.meaning {
    // Nor is it asked what became of the call before the system wants to be asked again.
    case .unknown(let asked):
      self.init(.unknown, .wait(max(.seconds(5), asked ?? .zero)), reason)
    case .wait(let wait): self.init(unsent, .wait(wait), reason)
    case .login: self.init(unsent, .login, reason)
    case .retry: self.init(unsent, .retry, reason)
    case .refused: self.init(unsent, .reject, reason)
    }
  }

  package var isDone: Bool { step == .done }

  /// What the stage answers; a wait grows with those that the message has behind it.
  ///
  /// `follows`: when it is done.
  package func acted<Fact>(
    _ call: OnceCall<some Sendable>,
    subject: Identifier,
    follows: [Message] = [],
    facts: [Fact] = []
  ) -> Acted<Fact> {
    let message = call.message
    let outcome: Outcome =
      switch step {
      case .done: .done(follows: follows)
      case .wait(let wait): .snooze(max(wait, message.waitBeforeAnotherLook), reason)
      case .login: .snooze(message.waitForLogin, reason)
      case .retry: .retry(reason)
      case .reject: .reject(reason)
      }
    // A wait for the same cause as before is not told again.
    var isNews = true
    if case .snooze = outcome { isNews = reason.isNews(to: message) }
    return Acted(
      outcome,
      isNews ? [Line(reason, subject: subject)] : [],
      effect: state.map { state in
        Effects.Result(
          message: message,
          state: state,
          reason: reason.code,
          generation: call.generation,
          reads: reads
        )
      },
      facts: facts
    )
  }
}

extension CallEnding {
  /// The time in which the call was ours is over, and it was not made.
  static func tooLate(_ unsent: Effects.State?, at system: OutsideSystem) -> Self {
    Self(
      unsent,
      .wait(.seconds(5)),
      Reason(
        "lease_over",
        "The worker was held up for too long to call \(system.name) safely."
      )
    )
  }

  /// Another worker has the call in hand, and its results count.
  static let takenOver = Self(nil, .wait(.seconds(5)), .inOtherHands)

  /// To be looked for again later.
  ///
  /// `reads`: how often it was looked for by now; `isInPart`: some of it is there.
  static func unknown(wait: Duration, reads: Int, isInPart: Bool, at system: OutsideSystem) -> Self
  {
    Self(
      .unknown,
      .wait(wait),
      Reason(
        "\(system.code)_outcome_unknown",
        isInPart
          ? "\(system.name) shows a part of what it was told; the rest is looked for again."
          : "It is unknown whether \(system.name) did what it was told; it is looked for again."
      ),
      reads: reads
    )
  }

  /// Nothing was seen, which counts for no look.
  static func unreadable(
    _ error: some CallTrouble,
    of message: Message,
    at system: OutsideSystem
  ) -> Self {
    if error.meaning == .login { return Self(error, of: message, unsent: nil) }
    var wait = Duration.seconds(30)
    if case .wait(let asked) = error.meaning { wait = asked }
    return Self(
      nil,
      .wait(wait),
      Reason(
        "\(system.code)_read_back_failed",
        "The outcome could not be read back. \(error.reason(of: message).sentence)"
      )
    )
  }
}
