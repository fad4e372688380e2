import Belt

/// What of one integration is still to be sent, how long it is ours to send, and what became of the rest.
struct Sending<Calls: OnceCalls> {
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
  func send(_ sending: inout Sending<Calls>, in integration: String) async {
    guard !sending.left.isEmpty, !isOver(&sending) else { return }
    // A look takes time and gives no lease: what it found missing is nobody's to send yet.
    if sending.lease.isWorn || sending.left.contains(where: \.isUnknown) { await renew(&sending) }
    if Calls.preparesCalls { await prepare(&sending, in: integration) }
    let all = sending.left
    guard !all.isEmpty else { return }
    let troubles = await call(all, in: integration, sending)
    guard all.count > 1, troubles.allSatisfy({ $0?.mayBeOfAnother == true }) else {
      for (call, trouble) in zip(all, troubles) { sending.end([call]) { ending($0, trouble) } }
      return
    }
    // Certain that nothing was done, each goes alone.
    while !sending.left.isEmpty, !isOver(&sending) {
      if sending.lease.isWorn { await renew(&sending) }
      let next = Array(sending.left.prefix(1))
      guard !next.isEmpty else { return }
      let troubles = await call(next, in: integration, sending)
      sending.end(next) { ending($0, troubles.first ?? nil) }
    }
  }

  /// Whether the batch has no time left; what is not sent then waits.
  private func isOver(_ sending: inout Sending<Calls>) -> Bool {
    guard ContinuousClock.now >= sending.end else { return false }
    sending.end(sending.left) { .tooLate($0.unsent, at: calls.system) }
    return true
  }

  private func prepare(_ sending: inout Sending<Calls>, in integration: String) async {
    let all = sending.left
    guard !all.isEmpty else { return }
    let end = sending.end
    let troubles = await inHand(all) { await calls.prepare(all, in: integration, before: end) }
    for (call, trouble) in zip(all, troubles) where trouble != nil {
      sending.end([call]) { ending($0, trouble) }
    }
    await renew(&sending, beginning: calls.prepared(sending.left))
  }

  private func call(_ all: [Call], in integration: String, _ sending: Sending<Calls>) async
    -> [Calls.Trouble?]
  {
    let (lease, end) = (sending.lease, sending.end)
    return await inHand(all) { await calls.send(all, in: integration, lease, before: end) }
  }

  /// Keeps calls in hand for as long as the work on them takes: meanwhile nobody else begins to look for
  /// what becomes of them.
  private func inHand<Answer: Sendable>(_ all: [Call], _ work: () async -> Answer) async -> Answer {
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        while await pause.pause(for: Effects.lease / 2), await isRenewed(all) {}
      }
      let answer = await work()
      group.cancelAll()
      return answer
    }
  }

  /// False when there is no use in another renewal.
  ///
  /// One that failed only makes others look sooner.
  private func isRenewed(_ all: [Call]) async -> Bool {
    do {
      return try await !Effects.renew(all.map(\.held), in: pool).isEmpty
    } catch {
      return !Task.isCancelled
    }
  }

  private func ending(_ call: Call, _ trouble: Calls.Trouble?) -> CallEnding {
    guard let trouble else { return done(call) }
    if trouble.isLate { return .tooLate(call.unsent, at: calls.system) }
    return CallEnding(trouble, of: call.message, unsent: call.unsent)
  }

  /// Takes what is left in hand for a whole lease, as far as nobody else has.
  private func renew(_ sending: inout Sending<Calls>, beginning kept: [Write]? = nil) async {
    sending.lease = Lease()
    let all = sending.left
    guard !all.isEmpty else { return }
    do {
      let ours = try await Effects.renew(all.map(\.held), beginning: kept, in: pool)
      sending.end(all.filter { !ours.contains($0.message.id) }) { _ in .takenOver }
    } catch {
      // Without the database the call would not be ours for sure; it is not made.
      sending.end(all) { .tooLate($0.unsent, at: calls.system) }
    }
  }
}

extension OnceCall {
  fileprivate var held: (message: Message, generation: Int) { (message, generation) }
}
