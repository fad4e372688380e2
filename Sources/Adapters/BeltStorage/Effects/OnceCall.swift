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

  /// What an unknown outcome of the attempt before means.
  package enum Repeat: Sendable {
    /// It is looked for before anything else.
    case harms
    /// A second call answers as the first one did.
    case answersAlike
    /// Nothing in it acts only once.
    case isHarmless
    /// It is made from its beginning, whatever was made before.
    case startsOver
  }

  package init(
    _ message: Message,
    _ plan: Plan,
    after earlier: Effects.Found? = nil,
    repeated: Repeat = .harms
  ) {
    self.message = message
    self.plan = plan
    generation = (earlier?.generation ?? 0) + 1
    switch (earlier?.state, repeated) {
    case (nil, _), (.failed?, _), (_, .startsOver): progress = .toSend
    case (.confirmed?, _), (_, .isHarmless): progress = .confirmed
    case (.sent?, _) where earlier?.isBegun == false: progress = .toSend
    case (_, .answersAlike): progress = .toSend
    // Parked, a person has not said yet that it is not there (that makes it failed).
    case (.sent?, .harms), (.unknown?, .harms), (.parked?, .harms):
      progress = .unknown(age: .milliseconds(earlier?.age ?? 0), reads: earlier?.reads ?? 0)
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
  associatedtype Trouble: CallTrouble

  /// The words of its reasons, such as `RD Station`.
  var system: OutsideSystem { get }
  /// What a person is to do about a call of which no look can tell any more whether it was made.
  var undecidable: Reason { get }

  /// How long a call may still be carried out and be shown; nil where the desk's patience is enough.
  func settlesWithin(_ plan: Plan) -> Duration?

  /// Whether there is something to ``prepare(_:in:before:)``.
  static var preparesCalls: Bool { get }

  /// Makes what has to be there before the calls of one integration, and may be repeated without harm;
  /// nothing begins after `end`.
  ///
  /// - Returns: For each in order why it cannot be called yet; nil for one that can.
  func prepare(
    _ calls: [OnceCall<Plan>],
    in integration: String,
    before end: ContinuousClock.Instant
  ) async -> [Trouble?]

  /// What is kept of that before the calls are made.
  func prepared(_ calls: [OnceCall<Plan>]) -> [Write]

  /// Makes the calls of one integration.
  ///
  /// None that does harm when another worker makes it too begins after the lease's end, and none at all
  /// after `end`.
  ///
  /// - Returns: For each in order why it did not end well; nil for one that did.
  func send(
    _ calls: [OnceCall<Plan>],
    in integration: String,
    _ lease: Lease,
    before end: ContinuousClock.Instant
  ) async -> [Trouble?]

  /// Looks for what may have been done; no read begins after `end`.
  ///
  /// `isLast`: what is not shown by now is not there, so that all that there is has to be read.
  func look(for call: OnceCall<Plan>, isLast: Bool, before end: ContinuousClock.Instant)
    async throws(Trouble) -> Sight<Plan>

  /// The outside records that ``finish(_:before:)`` writes to: two calls that share one keep their order.
  func records(_ plan: Plan) -> Set<String>

  /// What comes after it and may be repeated without harm; no call begins after `end`.
  func finish(_ call: OnceCall<Plan>, before end: ContinuousClock.Instant) async throws(Trouble)

  /// What a journey tells of one that is done.
  func told(_ plan: Plan) -> Reason
}

extension OnceCalls {
  package static var preparesCalls: Bool { false }
  package func settlesWithin(_: Plan) -> Duration? { nil }
  package func prepared(_: [OnceCall<Plan>]) -> [Write] { [] }

  package func prepare(
    _ calls: [OnceCall<Plan>],
    in _: String,
    before _: ContinuousClock.Instant
  ) async -> [Trouble?] {
    calls.map { _ in nil }
  }
}

extension OnceCalls {
  /// One for all.
  package func records(_: Plan) -> Set<String> { [""] }
}
