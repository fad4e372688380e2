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

  let calls: Calls
  let pool: PostgresPool
  let patience: Patience
  /// No call for a batch begins later after its start; one takes 10 s, and two minutes without an end of
  /// anything count as stuck.
  let length: Duration

  package init(
    _ calls: Calls,
    pool: PostgresPool,
    patience: Patience = .standard,
    length: Duration = .seconds(20)
  ) {
    self.calls = calls
    self.pool = pool
    self.patience = patience
    self.length = length
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
      case .unknown where Saboteur.blindRetry.isOn: sending.left.append(call)
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

  private func done(_ call: Call) -> CallEnding {
    .done(calls.words(call.plan), at: calls.system)
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
    let isLast = patience.isOver(at: age)
    let sight: Sight<Calls.Plan>
    do throws(CallError) {
      sight = try await calls.look(for: call, isLast: isLast, before: end)
    } catch {
      if error.cause == .late { return .ended(.tooLate(call.unsent, at: calls.system)) }
      return .ended(.unreadable(error, of: call.message))
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
    return .ended(.undecidable(at: calls.system))
  }

  /// What is left of those that are done, as far as it fails.
  ///
  /// There is no outcome to wait for, since it may be repeated: unless the system says how long it wants
  /// to be left alone, each try counts, or one that always fails would hold up what comes after it.
  private func finish(_ done: [Call], before end: ContinuousClock.Instant) async
    -> [Identifier: CallEnding]
  {
    var failures: [Identifier: CallEnding] = [:]
    for call in done {
      do throws(CallError) {
        try await calls.finish(call, before: end)
      } catch {
        failures[call.message.id] = CallEnding(error, of: call.message, unsent: .confirmed)
      }
    }
    return failures
  }
}

/// What of one integration is still to be sent, how long it is ours to send, and what became of the rest.
private struct Sending<Calls: OnceCalls> {
  var left: [OnceCall<Calls.Plan>] = []
  var lease: Lease
  /// That of the batch.
  let end: ContinuousClock.Instant
  var endings: [Identifier: CallEnding] = [:]

  init(lease: Lease, end: ContinuousClock.Instant) {
    self.lease = lease
    self.end = end
  }

  mutating func end(
    _ calls: [OnceCall<Calls.Plan>],
    _ ending: (OnceCall<Calls.Plan>) -> CallEnding
  ) {
    for call in calls { endings[call.message.id] = ending(call) }
    let ended = Set(calls.map(\.message.id))
    left.removeAll { ended.contains($0.message.id) }
  }
}

extension CallDesk {
  private func send(_ sending: inout Sending<Calls>, in integration: String) async {
    guard !sending.left.isEmpty, !isOver(&sending) else { return }
    // A look takes time and gives no lease: what it found missing is nobody's to send yet.
    if sending.lease.isWorn || sending.left.contains(where: \.isUnknown) { await renew(&sending) }
    let all = sending.left
    guard !all.isEmpty else { return }
    guard let error = await call(all, in: integration, sending.lease) else {
      return sending.end(all, done)
    }
    guard all.count > 1, error.meaning == .refused || error.limitsOneRecord else {
      return sending.end(all) { ending($0, error) }
    }
    // One that is refused, or one person's quota, must not keep the others: certain that nothing was
    // done, each goes alone.
    while !sending.left.isEmpty, !isOver(&sending) {
      if sending.lease.isWorn { await renew(&sending) }
      let next = Array(sending.left.prefix(1))
      guard !next.isEmpty else { return }
      let error = await call(next, in: integration, sending.lease)
      sending.end(next) { call in error.map { ending(call, $0) } ?? done(call) }
    }
  }

  /// Whether the batch has no time left; what is not sent then waits.
  private func isOver(_ sending: inout Sending<Calls>) -> Bool {
    guard ContinuousClock.now >= sending.end else { return false }
    sending.end(sending.left) { .tooLate($0.unsent, at: calls.system) }
    return true
  }

  /// Nil when all of it was taken.
  private func call(_ all: [Call], in integration: String, _ lease: Lease) async -> CallError? {
    do throws(CallError) {
      Failpoint.hit(.requestSent)
      try await calls.send(all, in: integration, before: lease.end)
      Failpoint.hit(.answered)
      return nil
    } catch {
      return error
    }
  }

  private func ending(_ call: Call, _ error: CallError) -> CallEnding {
    if Saboteur.unknownTakenForDone.isOn { return done(call) }
    if error.cause == .late { return .tooLate(call.unsent, at: calls.system) }
    return CallEnding(error, of: call.message, unsent: call.unsent)
  }

  /// Takes what is left in hand for a whole lease, as far as nobody else has.
  private func renew(_ sending: inout Sending<Calls>) async {
    sending.lease = Lease()
    let all = sending.left
    do {
      let ours = try await Effects.renew(all.map { ($0.message, $0.generation) }, in: pool)
      sending.end(all.filter { !ours.contains($0.message.id) }) { _ in .takenOver }
    } catch {
      // Without the database the call would not be ours for sure; it is not made.
      sending.end(all) { .tooLate($0.unsent, at: calls.system) }
    }
  }
}
