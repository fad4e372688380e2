package import Logging

/// The engine of one stage: takes batches, handles them, settles every delivery.
///
/// | step | does | by |
/// | --- | --- | --- |
/// | take | parks what is no message, sends on what has to wait longer | ``RetryPolicy`` |
/// | try | has the batch handled, and waits while the footing is gone | ``Trial``, ``Middleware`` |
/// | split | takes a batch apart that cannot be done whole | ``Splitting`` |
/// | wait | keeps those whose turn has not come | ``WaitingRoom`` |
/// | settle | turns outcomes into what the broker is told | ``Settling`` |
/// | finish | publishes what follows, then acknowledges | ``Finishing`` |
///
/// Guarantee: at least once. A delivery is acknowledged after its effects are committed and all that
/// follows from it is confirmed by the broker; a crash before that delivers it again.
package struct Worker: Sendable {
  private let queue: any WorkQueue
  private let options: Options
  private let policy: RetryPolicy
  private let pause: Pause
  private let progress: WorkerProgress
  private let trial: Trial
  private let room: WaitingRoom
  private let settling: Settling
  private let finishing: Finishing

  /// `middleware`: around the handler, the first outermost; the worker's own metrics lie around them all.
  package init(
    queue: any WorkQueue,
    handler: any Handler,
    middleware: [any Middleware] = [],
    budget: any RetryBudget = UnlimitedRetries(),
    suspects: any SuspectBook = NoSuspectBook(),
    options: Options = Options(),
    pause: Pause = .real,
    progress: WorkerProgress,
    logger: Logger
  ) {
    self.queue = queue
    self.options = options
    policy = handler.policy
    self.pause = pause
    self.progress = progress
    trial = Trial(
      handler: handler.within([progress] + middleware),
      suspects: suspects,
      pause: pause,
      progress: progress,
      logger: logger
    )
    room = WaitingRoom(capacity: options.waitingMax, now: pause.now, progress: progress)
    settling = Settling(policy: policy, budget: budget, progress: progress, logger: logger)
    finishing = Finishing(queue: queue, pause: pause, progress: progress, logger: logger)
  }

  /// Works until the queue is drained.
  package func run() async {
    await withTaskGroup { beside in
      beside.addTask { await finishing.tryAsideAgain() }
      async let waiting: Void = tryWaitingAgain()
      await withTaskGroup { lanes in
        for _ in 0..<options.lanes {
          lanes.addTask { await lane() }
        }
      }
      // Nothing new will come; who waits or is set aside has waited long enough for this process.
      await queue.giveBack(await room.close().deliveries)
      await waiting
      await finishing.close()
      beside.cancelAll()
    }
  }

  private func lane() async {
    while true {
      let deliveries = await queue.next(max: options.batchMax)
      guard !deliveries.isEmpty else { return }
      progress.began(deliveries.count)
      let batch = await take(deliveries)
      await settle(batch)
      progress.ended(deliveries.count)
      await tryWaiting(of: Set(batch.map(\.message.integration)))
    }
  }

  /// By the timer, for what no batch of this worker brings about.
  private func tryWaitingAgain() async {
    while let wait = await room.pauseBeforeNextTry(), await pause.pause(for: wait) {
      await tryWaiting()
    }
  }

  /// Nil means of any integration.
  private func tryWaiting(of integrations: Set<String>? = nil) async {
    let batch = await room.take(max: options.batchMax, of: integrations)
    guard !batch.isEmpty else { return }
    progress.began(batch.count)
    await settle(batch)
    progress.ended(batch.count)
  }

  /// Finishes with what is no message of ours or has to wait longer; the others are to be handled.
  private func take(_ deliveries: [Delivery]) async -> [InHand] {
    var batch: [InHand] = []
    var early: [Owed] = []
    for delivery in deliveries {
      switch delivery.content {
      case .success(let message):
        if let onward = policy.onward(message) {
          early.append(Owed(delivery, onward.outgoing))
        } else {
          batch.append(InHand(delivery, message))
        }
      case .failure(let malformed):
        let parked = Settlement.park(malformed.remains, malformed.reason)
        early.append(Owed(delivery, parked.outgoing))
      }
    }
    await finishing.finish(early)
    return batch
  }

  /// Handles a batch; one that cannot be done whole is taken apart.
  private func settle(_ batch: [InHand]) async {
    var splitting = Splitting()
    await settle(batch, &splitting)
  }

  private func settle(_ batch: [InHand], _ splitting: inout Splitting) async {
    let batch = await puttingOff(batch, splitting)
    guard batch.count > 1 else {
      guard let one = batch.first else { return }
      let verdict =
        one.delivery.isRedelivered
        ? await trial.verdict(onSuspect: one.message) : await trial.verdict(on: [one.message])
      _ = await conclude(batch, verdict, &splitting)
      return
    }
    let parts: [[InHand]]
    if batch.contains(where: \.delivery.isRedelivered) {
      parts = await trial.suspects(batch) { handled, verdict in
        await conclude(handled, verdict, &splitting).flatMap(\.self)
      }.map { [$0] }
    } else {
      parts = await conclude(batch, await trial.verdict(on: batch.messages), &splitting)
    }
    for part in parts { await settle(part, &splitting) }
  }

  /// Without those that are worth no further try now; they wait at the broker.
  private func puttingOff(_ batch: [InHand], _ splitting: Splitting) async -> [InHand] {
    var worth: [InHand] = []
    var off: (batch: [InHand], outcomes: [Outcome]) = ([], [])
    for taken in batch {
      if let reason = splitting.givesUp(taken.message) {
        off.batch.append(taken)
        off.outcomes.append(.snooze(taken.message.waitBeforeAnotherLook, reason))
      } else {
        worth.append(taken)
      }
    }
    await finish(off.batch, off.outcomes)
    return worth
  }

  /// - Returns: In which parts what has no outcome is to be tried again.
  private func conclude(
    _ batch: [InHand],
    _ verdict: Trial.Verdict,
    _ splitting: inout Splitting
  ) async -> [[InHand]] {
    let ended = batch.filter { verdict.outcomes[$0.message.id] != nil }
    let outcomes = ended.compactMap { verdict.outcomes[$0.message.id] }
    if !ended.isEmpty {
      splitting.passed(ended.messages, outcomes)
      await finish(ended, outcomes)
    }
    let left = batch.filter { verdict.outcomes[$0.message.id] == nil }
    switch verdict.interruption {
    case .failedWhole(let disposition, let reason):
      splitting.begin(disposition, reason)
      return Splitting.parts(of: left, after: disposition)
    case .interrupted:
      await queue.giveBack(left.deliveries)
      return []
    case nil: return []
    }
  }

  /// Settles those that have an end; the others wait for their turn.
  private func finish(_ batch: [InHand], _ outcomes: [Outcome]) async {
    var ended = Array(zip(batch, outcomes))
    let waiting = ended.filter(\.1.waitsForItsTurn)
    ended.removeAll(where: \.1.waitsForItsTurn)
    let leaving = ended.count(where: \.0.isGuest)
    if leaving > 0 { await room.leave(leaving) }
    if !waiting.isEmpty {
      let unwelcome = await room.add(waiting.map(\.0))
      ended += unwelcome.map { waiting[$0] }
    }
    guard !ended.isEmpty else { return }
    let settlements = await settling.settlements(of: ended.map(\.0.message), ended.map(\.1))
    await finishing.finish(zip(ended, settlements).map { Owed($0.0.delivery, $1.outgoing) })
  }
}
