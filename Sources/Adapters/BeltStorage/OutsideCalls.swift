package import Leads
import Postgres
package import Belt

/// What a stage writes around its calls to the outside, when a second call would do harm.
extension LeadDatabase {
  /// How one message ended, and what is known of its call; nil when nothing is known anew.
  package typealias Ending = (settled: Settled, effect: Effects.Result?)

  /// How long known results are kept in hand while the database is away.
  ///
  /// Below the two minutes after which a worker that settles nothing counts as stuck; a restart or a
  /// failover of the database takes less.
  static let resultsKept = Duration.seconds(60)

  /// Takes calls in hand for another lease, right before they are made again or late.
  ///
  /// - Returns: Those that nobody has taken over meanwhile; the others must not be made.
  /// - Throws: What PostgreSQL answered; none of the calls may be made then.
  package func renew(_ held: [(message: Message, generation: Int)]) async throws -> Set<Identifier>
  {
    let rows = try await pool.run(Effects.renewing(held))
    return Set(try rows.map { try $0.identifier(0) })
  }

  /// The second half, where a lost result would make a known outcome unknown.
  ///
  /// Written together; where that is refused, each message alone, so that one of them does not take
  /// the results of the others with it. While the database is away the results are kept for
  /// ``resultsKept``, all of them together, and written when it is back.
  ///
  /// - Returns: The messages that another worker has taken over; nothing is written of them.
  /// - Throws: The first failure that is about a message itself, after the others were written; or
  ///   that of a database that stayed away, or is away while the process stops.
  package func record(_ stage: Flow, _ endings: [Ending], pause: Pause = .real) async throws
    -> Set<Identifier>
  {
    try await record(stage, endings, pause, before: .now + Self.resultsKept)
  }

  /// `end`: after it each is tried once, and not again.
  func record(
    _ stage: Flow,
    _ endings: [Ending],
    _ pause: Pause,
    before end: ContinuousClock.Instant
  ) async throws -> Set<Identifier> {
    guard !endings.isEmpty else { return [] }
    do {
      try await keepTrying(stage, endings, pause, before: end)
      return []
    } catch let error as PostgresError where error.disposition != .stop {
      guard endings.count == 1 else {
        return try await recordEach(stage, endings, pause, before: end)
      }
      if error.isOfFormerHolder { return [endings[0].settled.message.id] }
      // The receipt is there: the commit whose answer was lost took place.
      if error.isUniqueViolation { return [] }
      throw error
    }
  }

  private func recordEach(
    _ stage: Flow,
    _ endings: [Ending],
    _ pause: Pause,
    before end: ContinuousClock.Instant
  ) async throws -> Set<Identifier> {
    var takenOver: Set<Identifier> = []
    var failure: PostgresError?
    var last: PostgresError?
    var inARow = 0
    for ending in endings {
      // What two met one after the other is no matter of theirs: the others need not wait for it too.
      let end = inARow < 2 ? end : .now
      do {
        takenOver.formUnion(try await record(stage, [ending], pause, before: end))
        inARow = 0
      } catch let error as PostgresError where error.disposition != .stop {
        inARow = last.map(error.isLike) == true ? inARow + 1 : 1
        last = error
        failure = failure ?? error
      }
    }
    if let failure { throw failure }
    return takenOver
  }

  private func keepTrying(
    _ stage: Flow,
    _ endings: [Ending],
    _ pause: Pause,
    before end: ContinuousClock.Instant
  ) async throws {
    var waits = 0
    while true {
      do {
        let writes = Effects.settling(endings.compactMap(\.effect))
        return try await record(stage, endings.map(\.settled), writes: writes)
      } catch let error as PostgresError
        where (error.disposition == .stop || endings.count == 1 && error.mayPass)
        && ContinuousClock.now < end
      {
        waits += 1
        guard await pause.pause(beforeAttempt: waits) else { throw error }
      }
    }
  }
}

extension PostgresError {
  /// Another moment may have room for it: a result that is known is not given up for a busy lock.
  fileprivate var mayPass: Bool { disposition == .busy || disposition == .split }

  fileprivate func isLike(_ other: PostgresError) -> Bool {
    disposition == other.disposition && serverError?.state == other.serverError?.state
  }

  /// Raised by `refuse_former_holder`.
  fileprivate var isOfFormerHolder: Bool { serverError?.state.rawValue == "ES001" }
}
