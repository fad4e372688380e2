package import Belt
package import StrictJSON

/// A call that acts once, for one message, and how far an earlier attempt at it came.
package struct OnceCall<Plan: Sendable>: Sendable {
  package enum Progress: Sendable {
    case toSend
    /// Sent by an earlier attempt that never learned the outcome.
    case unknown(age: Duration, reads: Int)
    /// It was carried out; what is left may be repeated without harm.
    case confirmed
  }

  package let message: Message
  package var plan: Plan
  package let progress: Progress
  /// Under which it is in our hands: one more than that of the attempt before.
  package let generation: Int

  /// `isHarmless`: nothing in it acts only once.
  package init(
    _ message: Message,
    _ plan: Plan,
    after earlier: Effects.Found? = nil,
    isHarmless: Bool = false
  ) {
    self.message = message
    self.plan = plan
    generation = (earlier?.generation ?? 0) + 1
    switch earlier?.state {
    case nil, .failed?: progress = .toSend
    case .confirmed?: progress = .confirmed
    // Parked, a person has not said yet that it is not there (that makes it failed).
    case .sent?, .unknown?, .parked?:
      progress =
        isHarmless
        ? .confirmed
        : .unknown(age: .milliseconds(earlier?.age ?? 0), reads: earlier?.reads ?? 0)
    }
  }

  var isUnknown: Bool {
    if case .unknown = progress { return true }
    return false
  }

  /// What a call that was certainly not made leaves behind: nil where an earlier one may have done a part
  /// of it, which must not be done again without a look.
  var unsent: Effects.State? { isUnknown ? nil : .failed }

  /// What stands in the database before it is made.
  package func intent(kind: String, subject: Identifier, plan: JSON) -> Intent {
    if case .toSend = progress {
      return .call(kind: kind, subject: subject, plan: plan, generation: generation)
    }
    return .takenOver(generation: generation)
  }
}

/// What a look for a call of unknown outcome found, by its witness.
package enum Sight<Plan: Sendable>: Sendable {
  case all
  /// Not shown; what is left of the plan. `isInPart`: the rest of it is there.
  case missing(Plan, isInPart: Bool)
  /// No witness can tell, now or later.
  case undecidable
}

/// How a stage makes its calls that act once; when, under whose lease and what follows from their
/// failures is the desk's.
package protocol OnceCalls<Plan>: Sendable {
  associatedtype Plan: Sendable

  /// The words of its reasons, such as `RD Station`.
  var system: OutsideSystem { get }

  /// Makes the calls of one integration as one, or one call for a single one; none begins after `end`.
  func send(
    _ calls: [OnceCall<Plan>],
    in integration: String,
    before end: ContinuousClock.Instant
  ) async throws(CallError)

  /// Looks for what may have been done; no read begins after `end`.
  ///
  /// `isLast`: what is not shown by now is not there, so that all that there is has to be read.
  func look(for call: OnceCall<Plan>, isLast: Bool, before end: ContinuousClock.Instant)
    async throws(CallError) -> Sight<Plan>

  /// What comes after it and may be repeated without harm; no call begins after `end`.
  func finish(_ call: OnceCall<Plan>, before end: ContinuousClock.Instant) async throws(CallError)

  /// What a journey tells of one that is done.
  func words(_ plan: Plan) -> String
}
