import LeadStorage
import Leads
import RDStation
import Workers

/// What became of one plan.
struct RDTold: Sendable {
  /// Nil when nothing was done and nothing is known anew.
  let state: Effects.State?
  let reason: Reason
  /// How long to wait before another look; nil when there is nothing to wait for.
  var wait: Duration?
  /// The message is to be tried again, or given up.
  var disposition: Disposition?

  func outcome(follows: [Message]) -> Outcome {
    if let wait { return .snooze(wait, reason) }
    switch disposition {
    case .retry, .stop: return .retry(reason)
    case .reject: return .reject(reason)
    case nil: return .done(follows: follows)
    }
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
      "It cannot be found out whether RD Station took the event; look at the lead there, then retry or discard."
    ),
    disposition: .reject
  )

  /// The time in which the call was ours is over, and it was not made.
  static let tooLate = Self(
    state: nil,
    reason: Reason("lease_over", "The worker was held up for too long to tell RD Station safely."),
    wait: .seconds(5)
  )

  /// To be looked for again later.
  static func unknown(wait: Duration) -> Self {
    Self(
      state: .unknown,
      reason: Reason(
        "rd_outcome_unknown",
        "It is unknown whether RD Station took the events; they are looked for again."
      ),
      wait: wait
    )
  }

  static func unreadable(_ error: RDStationError) -> Self {
    Self(
      state: .unknown,
      reason: Reason("rd_read_back_failed", "The outcome could not be read back: \(error)."),
      wait: error.retryAfter ?? .seconds(30)
    )
  }

  /// The events are there: the state says so, and only the rest is tried again.
  static func unfinished(_ error: RDStationError) -> Self {
    let told = Self(error)
    return Self(
      state: .confirmed,
      reason: told.reason,
      wait: told.wait,
      disposition: told.disposition ?? .retry
    )
  }

  var isTold: Bool { state == .confirmed && wait == nil && disposition == nil }

  init(_ error: RDStationError) {
    let reason = Reason("rd_\(error.word)", "\(error).")
    // An answer of 5xx does not say whether the events were taken before it went wrong.
    if case .unavailable = error.code {
      self.init(state: .unknown, reason: reason, wait: .seconds(5))
      return
    }
    switch error.remedy {
    case .readBack:
      self.init(state: .unknown, reason: reason, wait: .seconds(5))
    case .retry:
      self.init(state: .failed, reason: reason, wait: error.retryAfter, disposition: .retry)
    case .reject, .signIn:
      self.init(state: .failed, reason: reason, disposition: .reject)
    }
  }
}

extension RDStationError {
  /// The part of a reason's code that tells the causes apart.
  fileprivate var word: String {
    switch code {
    case .rateLimited: "rate_limited"
    case .heldBack: "held_back"
    case .unauthorized, .loginExpired: "login_expired"
    case .notFound: "contact_not_found"
    case .refused(let type, _): "refused_\(type.lowercased())"
    case .unavailable: "unavailable"
    case .outcomeUnknown: "outcome_unknown"
    case .notSent: "not_reached"
    case .saleValueOverLimit: "sale_value_over_limit"
    case .invalidSaleValue: "sale_value_invalid"
    case .eventTooLarge: "event_too_large"
    case .noToken: "no_token"
    }
  }
}
