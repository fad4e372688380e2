import Logging

/// Has a batch handled until there is an outcome for each of it, or what has none fails together.
///
/// While the footing is gone, it waits. What was delivered before may be what ended a process: its starts
/// are written down, and one batch of such is handled at a time, so that the end of a process points at it.
struct Trial: Sendable {
  /// What a batch came to.
  struct Verdict {
    var outcomes: [Identifier: Outcome] = [:]
    /// Why the others have no outcome; nil when all have.
    var interruption: Interruption?
  }

  enum Interruption {
    /// Less of it may succeed.
    case failedWhole(Disposition, Reason?)
    /// The process stops.
    case interrupted
  }

  let handler: any Handler
  let suspects: any SuspectBook
  let pause: Pause
  let progress: WorkerProgress
  let logger: Logger
  private let turn = SuspectTurn()

  init(
    handler: any Handler,
    suspects: any SuspectBook,
    pause: Pause,
    progress: WorkerProgress,
    logger: Logger
  ) {
    self.handler = handler
    self.suspects = suspects
    self.pause = pause
    self.progress = progress
    self.logger = logger
  }

  /// Handles messages of which none was delivered before.
  func verdict(on messages: [Message]) async -> Verdict {
    await verdict(on: messages, asSuspect: false)
  }

  /// Handles a message that was delivered before: its starts are counted first.
  func verdict(onSuspect message: Message) async -> Verdict {
    await turn.enter()
    let verdict = await verdict(on: [message], asSuspect: true)
    await clear([message])
    await turn.leave()
    return verdict
  }

  /// Handles messages that were delivered before: together, but for those that were in hand at an earlier
  /// end of a process already.
  ///
  /// `conclude`: gets those that were handled, with what became of them, before other suspects are.
  /// Returns what it left, and those that must be handled alone.
  func suspects(
    _ batch: [InHand],
    conclude: ([InHand], Verdict) async -> [InHand]
  ) async -> [InHand] {
    await turn.enter()
    var alone = Set(batch.map(\.message.id))
    do {
      alone = try await suspects.begin(batch.messages)
    } catch {
      // Each is written down again when it is handled alone, which waits until that can be done.
      logger.warning("suspects not written down", metadata: ["reason": "\(type(of: error))"])
    }
    let together = batch.filter { !alone.contains($0.message.id) }
    var left: [InHand] = []
    if !together.isEmpty {
      let verdict = await verdict(on: together.messages)
      await clear(together.messages)
      left = await conclude(together, verdict)
    }
    await turn.leave()
    return left + batch.filter { alone.contains($0.message.id) }
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

  private func verdict(on messages: [Message], asSuspect isSuspect: Bool) async -> Verdict {
    var verdict = Verdict()
    var left = messages
    var waits = 0
    var isCounted = !isSuspect
    while true {
      do {
        if !isCounted {
          guard try await suspects.mayBegin(messages[0]) else {
            return Verdict(outcomes: [messages[0].id: .reject(.poison)])
          }
          isCounted = true
        }
        for (message, outcome) in zip(left, try await handler.handle(withCopies: left)) {
          verdict.outcomes[message.id] = outcome
        }
        if waits > 0 { logger.info("footing is back") }
        progress.waits(for: nil)
        return verdict
      } catch {
        let error = verdict.keepEnded(of: &left, after: error)
        let failure = error as? any Failure
        if let outcome = Outcome(thrown: error, of: left[0]) {
          if left.count == 1 {
            verdict.outcomes[left[0].id] = outcome
          } else {
            verdict.interruption = .failedWhole(failure?.disposition ?? .retry, failure?.reason)
          }
          return verdict
        }
        progress.waits(for: failure?.reason ?? .footingGone)
        logger.warning(
          "waiting for footing",
          metadata: ["reason": "\(failure?.reason.code ?? "unknown")", "waits": "\(waits)"]
        )
        waits += 1
        guard await pause.pause(beforeAttempt: waits) else {
          verdict.interruption = .interrupted
          return verdict
        }
      }
    }
  }
}

extension Trial.Verdict {
  /// Keeps the outcomes that came with an error; returns what the others met.
  fileprivate mutating func keepEnded(of left: inout [Message], after error: any Error)
    -> any Error
  {
    guard let part = error as? PartFailure else { return error }
    outcomes.merge(part.outcomes) { _, last in last }
    left.removeAll { part.outcomes[$0.id] != nil }
    precondition(!left.isEmpty, "a part that failed has messages")
    return part.failure
  }
}

extension Reason {
  fileprivate static let footingGone = Reason(
    "footing_gone",
    "Something that all work needs is away."
  )
}
