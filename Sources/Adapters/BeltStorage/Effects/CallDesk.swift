package import Belt
package import Postgres

/// Makes the calls of a batch that act once, and finds out about those of unknown outcome.
///
/// The integrations are served beside each other, each in its own order. What is not begun by the batch's
/// end waits: a system that hangs holds nobody else's messages, and never a worker.
package struct CallDesk<Calls: OnceCalls>: Sendable {
  package typealias Call = OnceCall<Calls.Plan>

  /// As many as a batch can hold: one that hangs takes nobody else's turn.
  private static var integrationsAtOnce: Int { 64 }
  /// Of one integration, of what may be repeated: permits say how many it may make in a minute.
  private static var callsAtOnce: Int { 64 }

  let calls: Calls
  let pool: PostgresPool
  let patience: Patience
  /// No call for a batch begins later after its start; one takes 10 s, and two minutes without an end of
  /// anything count as stuck.
  let length: Duration
  /// Between two renewals of a lease while a call is under way.
  let pause: Pause

  package init(
    _ calls: Calls,
    pool: PostgresPool,
    patience: Patience = .standard,
    length: Duration = .seconds(20),
    pause: Pause = .real
  ) {
    self.calls = calls
    self.pool = pool
    self.patience = patience
    self.length = length
    self.pause = pause
  }

  /// Makes everything of a batch: one call for all of an integration, or one for each message when one
  /// of them is refused; what may be repeated without harm comes last.
  ///
  /// `lease`: that of the intents; where it wears out it is renewed.
  package func make(_ planned: [Call], _ lease: Lease) async -> [Identifier: CallEnding] {
    let end = ContinuousClock.now + length
    var endings: [Identifier: CallEnding] = [:]
    for served in await sideBySide(
      Dictionary(grouping: planned, by: \.message.integration),
      atOnce: Self.integrationsAtOnce,
      { integration, planned in await make(planned, in: integration, lease, before: end) }
    ) {
      endings.merge(served) { _, last in last }
    }
    let done = planned.filter { endings[$0.message.id]?.isDone == true }
    for failures in await sideBySide(
      Dictionary(grouping: done, by: \.message.integration),
      atOnce: Self.integrationsAtOnce,
      { _, done in await finish(done, before: end) }
    ) {
      endings.merge(failures) { _, failure in failure }
    }
    return endings
  }

  /// What is new goes out before anything is looked for: the looks may take all the time that there is.
  private func make(
    _ planned: [Call],
    in integration: String,
    _ lease: Lease,
    before end: ContinuousClock.Instant
  ) async -> [Identifier: CallEnding] {
    var sending = Sending<Calls>(lease: lease, end: end)
    var sought: [(call: Call, age: Duration, reads: Int)] = []
    for call in planned {
      switch call.progress {
      case .toSend: sending.left.append(call)
      case .confirmed: sending.endings[call.message.id] = done(call)
      case .unknown(let age, let reads): sought.append((call, age, reads))
      }
    }
    await send(&sending, in: integration)
    for (call, age, reads) in sought {
      switch await look(for: call, age: age, reads: reads, before: end) {
      case .ended(let ending): sending.endings[call.message.id] = ending
      case .missing(let plan):
        var call = call
        call.plan = plan
        sending.left.append(call)
      }
    }
    await send(&sending, in: integration)
    return sending.endings
  }

  func done(_ call: Call) -> CallEnding {
    CallEnding(.confirmed, .done, calls.told(call.plan))
  }

  /// What a look came to.
  private enum Search {
    case ended(CallEnding)
    /// Certainly not carried out, and may be sent now.
    case missing(Calls.Plan)
  }

  private func look(
    for call: Call,
    age: Duration,
    reads: Int,
    before end: ContinuousClock.Instant
  ) async -> Search {
    let patience = calls.settlesWithin(call.plan).map(Patience.init) ?? patience
    let isLast = patience.isOver(at: age)
    let sight: Sight<Calls.Plan>
    do throws(Calls.Trouble) {
      sight = try await calls.look(for: call, isLast: isLast, before: end)
    } catch {
      if error.isLate { return .ended(.tooLate(call.unsent, at: calls.system)) }
      return .ended(.unreadable(error, of: call.message, at: calls.system))
    }
    if case .all = sight { return .ended(done(call)) }
    // Work is done later than it is answered: an early look that finds nothing proves nothing, to us or
    // to a person.
    guard isLast else {
      var isInPart = false
      if case .missing(_, true) = sight { isInPart = true }
      return .ended(
        .unknown(
          wait: patience.wait(afterLooks: reads, at: age),
          reads: reads + 1,
          isInPart: isInPart,
          at: calls.system
        )
      )
    }
    if case .missing(let plan, _) = sight { return .missing(plan) }
    return .ended(CallEnding(.parked, .reject, calls.undecidable))
  }

  /// What is left of those that are done, as far as it fails: beside each other, but for calls that write
  /// to one record, which keep their order.
  ///
  /// There is no outcome to wait for, since it may be repeated: unless the system says how long it wants
  /// to be left alone, each try counts, or one that always fails would hold up what comes after it.
  private func finish(_ done: [Call], before end: ContinuousClock.Instant) async
    -> [Identifier: CallEnding]
  {
    var failures: [Identifier: CallEnding] = [:]
    var left = done
    while !left.isEmpty {
      var touched: Set<String> = []
      let next = left.filter { call in
        let records = calls.records(call.plan)
        defer { touched.formUnion(records) }
        return touched.isDisjoint(with: records)
      }
      let begun = Set(next.map(\.message.id))
      left.removeAll { begun.contains($0.message.id) }
      let ended = await sideBySide(
        Dictionary(grouping: next, by: \.message.id),
        atOnce: Self.callsAtOnce
      ) { id, calls in
        (id, await finish(calls[0], before: end))
      }
      for (id, failure) in ended { failures[id] = failure }
    }
    return failures
  }

  /// Nil when it is done.
  private func finish(_ call: Call, before end: ContinuousClock.Instant) async -> CallEnding? {
    do throws(Calls.Trouble) {
      try await calls.finish(call, before: end)
      return nil
    } catch {
      return CallEnding(error, of: call.message, unsent: .confirmed)
    }
  }
}
