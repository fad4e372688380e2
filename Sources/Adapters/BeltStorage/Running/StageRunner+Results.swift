import Leads
import Postgres
package import Belt

/// What a stage did outside, and how it is written down.
///
/// A lost result would make a known outcome unknown. Results are therefore written together; where that
/// is refused, each message alone, so that one of them does not take the results of the others with it.
/// While the database is away they are kept for a while, all of them together, and written when it is
/// back.
extension StageRunner {
  /// How long known results are kept in hand while the database is away.
  ///
  /// Below the two minutes after which a worker that settles nothing counts as stuck; a restart or a
  /// failover of the database takes less.
  private static var resultsKept: Duration { .seconds(60) }

  struct Ending: Sendable {
    let settled: Settled
    let effect: Effects.Result?
    let facts: [S.Fact]
  }

  /// - Throws: The first failure that is about a message itself, after the others were written; or
  ///   that of a database that stayed away, or is away while the process stops. What is not written has
  ///   no outcome then.
  func act(
    _ planned: [Planned],
    since start: ContinuousClock.Instant,
    _ outcomes: inout [Identifier: Outcome]
  ) async throws {
    guard !planned.isEmpty else { return }
    let acted = try await stage.act(planned, since: start)
    let endings = planned.compactMap { plan in
      acted[plan.message.id].map { acted in
        Ending(
          settled: Settled(
            plan.message,
            acted.outcome.needed(under: plan.item.settings),
            journey: acted.lines.map {
              JourneyEntry($0, of: plan.message, version: plan.item.version)
            }
          ),
          effect: acted.effect,
          facts: acted.facts
        )
      }
    }
    try await keep(endings, before: .now + Self.resultsKept, &outcomes)
  }

  /// Of a message that another worker has taken over nothing is written, and it waits.
  ///
  /// `end`: after it each is tried once, and not again.
  func keep(
    _ endings: [Ending],
    before end: ContinuousClock.Instant,
    _ outcomes: inout [Identifier: Outcome]
  ) async throws {
    do {
      try await write(endings, before: end)
    } catch let error as PostgresError where error.disposition != .stop {
      guard endings.count == 1 else { return try await keepEach(endings, before: end, &outcomes) }
      let message = endings[0].settled.message
      if error.isOfFormerHolder {
        outcomes[message.id] = .snooze(.seconds(5), .inOtherHands)
        return
      }
      // The commit whose answer was lost took place, if the receipt is there: a stage's own rows have
      // unique keys too.
      guard error.isUniqueViolation, try await !receipts(of: [message]).isEmpty else { throw error }
    }
    for ending in endings { outcomes[ending.settled.message.id] = ending.settled.outcome }
  }

  private func keepEach(
    _ endings: [Ending],
    before end: ContinuousClock.Instant,
    _ outcomes: inout [Identifier: Outcome]
  ) async throws {
    var failure: PostgresError?
    var last: PostgresError?
    var inARow = 0
    for ending in endings {
      // What two met one after the other is no matter of theirs: the others need not wait for it too.
      let end = inARow < 2 ? end : .now
      do {
        try await keep([ending], before: end, &outcomes)
        inARow = 0
      } catch let error as PostgresError where error.disposition != .stop {
        inARow = last.map(error.isLike) == true ? inARow + 1 : 1
        last = error
        failure = failure ?? error
      }
    }
    if let failure { throw failure }
  }

  private func write(_ endings: [Ending], before end: ContinuousClock.Instant) async throws {
    let writes =
      stage.results(endings.flatMap(\.facts))
      + Effects.settling(endings.compactMap(\.effect)).map(Write.own)
      + Receipts.writing(endings.map(\.settled), at: S.flow)
    let statements = writes.statements
    guard !statements.isEmpty else { return }
    var waits = 0
    while true {
      do throws(PostgresError) {
        try await pool.run(statements)
        return
      } catch {
        let isKept = error.disposition == .stop || endings.count == 1 && error.mayPass
        waits += 1
        guard isKept, ContinuousClock.now < end, await pause.pause(beforeAttempt: waits) else {
          throw error
        }
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

extension Reason {
  /// Another worker has the message's call in hand.
  package static let inOtherHands = Reason(
    "in_other_hands",
    "Another worker may be about to tell the outside of this."
  )
}
