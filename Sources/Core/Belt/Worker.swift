package import Logging

/// The engine of one stage: takes batches, handles them, settles every delivery.
///
/// Guarantee: at least once. A delivery is acknowledged after its effects are committed and all that
/// follows from it is confirmed by the broker; a crash before that delivers it again.
package struct Worker: Sendable {
  package struct Options: Sendable {
    /// Deliveries handled together, 1 to 64.
    package var batchMax: Int
    /// Batches in hand at once; more than one only helps stages that wait for the outside.
    package var lanes: Int

    package init(batchMax: Int = 64, lanes: Int = 1) {
      precondition((1...64).contains(batchMax) && lanes >= 1)
      self.batchMax = batchMax
      self.lanes = lanes
    }
  }

  private let queue: any WorkQueue
  private let handler: any Handler
  private let budget: any RetryBudget
  private let suspects: any SuspectBook
  private let options: Options
  private let pause: Pause
  private let progress: WorkerProgress
  private let logger: Logger
  private let suspectTurn = SuspectTurn()
  private let finishing: Finishing

  package init(
    queue: any WorkQueue,
    handler: any Handler,
    budget: any RetryBudget = UnlimitedRetries(),
    suspects: any SuspectBook = NoSuspectBook(),
    options: Options = Options(),
    pause: Pause = .real,
    progress: WorkerProgress,
    logger: Logger
  ) {
    self.queue = queue
    self.handler = handler
    self.budget = budget
    self.suspects = suspects
    self.options = options
    self.pause = pause
    self.progress = progress
    self.logger = logger
    finishing = Finishing(queue: queue, pause: pause, progress: progress, logger: logger)
  }

  private var policy: RetryPolicy { handler.policy }

  /// Works until the queue is drained.
  package func run() async {
    await withTaskGroup { group in
      group.addTask { await finishing.tryAsideAgain() }
      await withTaskGroup { lanes in
        for _ in 0..<options.lanes {
          lanes.addTask { await lane() }
        }
      }
      // Nothing new will come; what is set aside has waited long enough for this process.
      await finishing.close()
      group.cancelAll()
    }
  }

  private func lane() async {
    while true {
      let deliveries = await queue.next(max: options.batchMax)
      guard !deliveries.isEmpty else { return }
      progress.began(deliveries.count)
      Failpoint.hit(.received)
      if Saboteur.ackBeforeWork.isOn { await queue.acknowledge(deliveries) }
      await settle(deliveries)
      progress.ended(deliveries.count)
    }
  }

  /// Handles a batch; one that cannot be done whole is taken apart.
  private func settle(_ deliveries: [Delivery]) async {
    var splitting = Splitting()
    await settle(deliveries, &splitting)
  }

  private func settle(_ deliveries: [Delivery], _ splitting: inout Splitting) async {
    var messages: [Message] = []
    var sound: [Delivery] = []
    var early: [(delivery: Delivery, onward: Settlement)] = []
    for delivery in deliveries {
      switch delivery.content {
      case .success(let message):
        if let onward = policy.onward(message) {
          early.append((delivery, onward))
          continue
        }
        if let reason = splitting.givesUp(message) {
          let later = await settlements(
            of: [message],
            [.snooze(message.waitBeforeAnotherLook, reason)]
          )
          early += later.map { (delivery, $0) }
          continue
        }
        messages.append(message)
        sound.append(delivery)
      case .failure(let malformed):
        await finish([delivery], [.park(malformed.remains, malformed.reason)])
      }
    }
    if !early.isEmpty { await finish(early.map(\.delivery), early.map(\.onward)) }
    guard !messages.isEmpty else { return }
    if sound.count > 1, sound.contains(where: \.isRedelivered) {
      await settleSuspects(sound, messages, &splitting)
      return
    }
    let result =
      if sound.count == 1, sound[0].isRedelivered {
        await outcome(ofSuspect: messages[0])
      } else {
        await outcomes(of: messages)
      }
    switch result {
    case .success(let outcomes):
      Failpoint.hit(.committed)
      splitting.passed(messages, outcomes)
      await finish(sound, settlements(of: messages, outcomes))
    case .failure(.failedWhole(let disposition, let reason)):
      splitting.begin(disposition, reason)
      for part in Splitting.parts(of: sound, after: disposition) { await settle(part, &splitting) }
    case .failure(.interrupted):
      await queue.giveBack(sound)
    }
  }

  private func settlements(of messages: [Message], _ outcomes: [Outcome]) async -> [Settlement] {
    var granted = await grantedRetries(messages, outcomes)
    var generator = SystemRandomNumberGenerator()
    return zip(messages, outcomes).map { message, outcome in
      report(message, outcome)
      if case .retry(let reason) = outcome, policy.givesUp(message, after: outcome) == nil,
        let left = granted?[message.integration]
      {
        granted?[message.integration] = left - 1
        if left <= 0 { return policy.postpone(message, reason, using: &generator) }
      }
      return policy.settle(outcome, of: message, using: &generator)
    }
  }

  /// How many retries of each integration are within the budget; nil when it cannot be told.
  private func grantedRetries(_ messages: [Message], _ outcomes: [Outcome]) async -> [String: Int]?
  {
    do {
      return try await budget.spend(RetryUse.counting(messages, outcomes))
    } catch {
      // The budget spares others; it must not hold a message up. Retries are bounded without it.
      logger.warning("retry budget not asked", metadata: ["reason": "\(type(of: error))"])
      return nil
    }
  }

  /// Handles a message that was delivered before: its starts are counted first, and one at a time, so
  /// that the end of a process points at one message.
  private func outcome(ofSuspect message: Message) async -> Result<[Outcome], Interruption> {
    await suspectTurn.enter()
    let result = await outcomes(of: [message], asSuspect: true)
    await clear([message])
    await suspectTurn.leave()
    return result
  }

  /// Writes down that the handling ended, also of what is given back because the process stops: there
  /// every wait ends at once, and an orderly stop would count as an end that the messages brought about.
  private func clear(_ messages: [Message]) async {
    do {
      try await Task { [suspects] in try await suspects.ended(messages) }.value
    } catch {
      // They stay suspect without a need; that costs a neighbour's place and no more.
      logger.warning("suspects not cleared", metadata: ["reason": "\(type(of: error))"])
    }
  }

  /// Handles messages that were delivered before: together, but alone those that were in hand at an
  /// earlier end of a process already.
  private func settleSuspects(
    _ deliveries: [Delivery],
    _ messages: [Message],
    _ splitting: inout Splitting
  ) async {
    await suspectTurn.enter()
    var alone = Set(messages.map(\.id))
    do {
      alone = try await suspects.begin(messages)
    } catch {
      // Each is written down again when it is handled alone, which waits until that can be done.
      logger.warning("suspects not written down", metadata: ["reason": "\(type(of: error))"])
    }
    let together = zip(deliveries, messages).filter { !alone.contains($0.1.id) }
    var others = zip(deliveries, messages).filter { alone.contains($0.1.id) }.map(\.0)
    if !together.isEmpty {
      let messages = together.map(\.1)
      let result = await outcomes(of: messages)
      await clear(messages)
      switch result {
      case .success(let outcomes):
        Failpoint.hit(.committed)
        splitting.passed(messages, outcomes)
        await finish(together.map(\.0), settlements(of: messages, outcomes))
      case .failure(.failedWhole(let disposition, let reason)):
        splitting.begin(disposition, reason)
        others = together.map(\.0) + others
      case .failure(.interrupted): await queue.giveBack(together.map(\.0))
      }
    }
    await suspectTurn.leave()
    for delivery in others { await settle([delivery], &splitting) }
  }

  private enum Interruption: Error {
    case failedWhole(Disposition, Reason?)
    case interrupted
  }

  private func outcomes(of messages: [Message], asSuspect isSuspect: Bool = false) async
    -> Result<[Outcome], Interruption>
  {
    var waits = 0
    var isCounted = !isSuspect
    while true {
      do {
        if !isCounted {
          guard try await suspects.mayBegin(messages[0]) else {
            return .success([.reject(.poison)])
          }
          isCounted = true
        }
        let outcomes = try await handler.handle(withCopies: messages)
        if waits > 0 { logger.info("footing is back") }
        progress.answered()
        progress.waits(for: nil)
        return .success(outcomes)
      } catch {
        progress.answered()
        let failure = error as? any Failure
        let reason = failure?.reason
        let sabotaged = Saboteur.outageTakenForRefusal.isOn ? reason.map(Outcome.reject) : nil
        if let outcome = sabotaged ?? Outcome(thrown: error, of: messages[0]) {
          guard messages.count > 1 else { return .success([outcome]) }
          return .failure(.failedWhole(failure?.disposition ?? .retry, reason))
        }
        progress.waits(for: reason ?? .footingGone)
        logger.warning(
          "waiting for footing",
          metadata: ["reason": "\(reason?.code ?? "unknown")", "waits": "\(waits)"]
        )
        waits += 1
        guard await pause.pause(beforeAttempt: waits) else { return .failure(.interrupted) }
      }
    }
  }

  private func finish(_ deliveries: [Delivery], _ settlements: [Settlement]) async {
    if Saboteur.ackBeforePublish.isOn { await queue.acknowledge(deliveries) }
    await finishing.finish(
      zip(deliveries, settlements).map { Owed($0, $1.outgoing) }
    )
  }

  private func report(_ message: Message, _ outcome: Outcome) {
    progress.settled(message, outcome)
    let level: Logger.Level
    var metadata: Logger.Metadata = [
      "message.id": "\(message.id)", "message.kind": "\(message.type)",
      "integration.id": "\(message.integration)", "correlation.id": "\(message.journey)",
      "attempt": "\(message.attempt)", "outcome": "\(outcome.name)",
    ]
    if Saboteur.payloadLogged.isOn {
      logger.info("payload", metadata: ["body": "\(String(decoding: message.body, as: UTF8.self))"])
    }
    switch outcome {
    case .done: level = .debug
    case .snooze(_, let reason): (level, metadata["reason"]) = (.info, "\(reason.code)")
    case .retry(let reason): (level, metadata["reason"]) = (.warning, "\(reason.code)")
    case .reject(let reason): (level, metadata["reason"]) = (.error, "\(reason.code)")
    }
    logger.log(level: level, "delivery settled", metadata: metadata)
  }
}

extension Outcome {
  /// The word under which metrics and logs know it.
  package var name: String {
    switch self {
    case .done: "done"
    case .snooze: "snooze"
    case .retry: "retry"
    case .reject: "reject"
    }
  }
}

extension Reason {
  fileprivate static let footingGone = Reason(
    "footing_gone",
    "Something that all work needs is away."
  )
}
