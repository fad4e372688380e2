import Logging

/// Has a batch handled until there is an outcome for each of it, or it fails as a whole.
///
/// While the footing is gone, it waits. What was delivered before may be what ended a process: its starts
/// are written down, and one batch of such is handled at a time, so that the end of a process points at it.
struct Trial: Sendable {
  enum Interruption: Error {
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
  func outcomes(of messages: [Message]) async -> Result<[Outcome], Interruption> {
    await outcomes(of: messages, asSuspect: false)
  }

  /// Handles a message that was delivered before: its starts are counted first.
  func outcome(ofSuspect message: Message) async -> Result<[Outcome], Interruption> {
    await turn.enter()
    let result = await outcomes(of: [message], asSuspect: true)
    await clear([message])
    await turn.leave()
    return result
  }

  /// Handles messages that were delivered before: together, but for those that were in hand at an earlier
  /// end of a process already.
  ///
  /// `conclude`: gets those that were handled, with what became of them, before other suspects are.
  /// Returns what it left, and those that must be handled alone.
  func suspects(
    _ batch: [InHand],
    conclude: ([InHand], Result<[Outcome], Interruption>) async -> [InHand]
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
      let result = await outcomes(of: together.messages)
      await clear(together.messages)
      left = await conclude(together, result)
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

  private func outcomes(of messages: [Message], asSuspect isSuspect: Bool) async
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
        progress.waits(for: nil)
        return .success(outcomes)
      } catch {
        let failure = error as? any Failure
        if let outcome = Outcome(thrown: error, of: messages[0]) {
          guard messages.count > 1 else { return .success([outcome]) }
          return .failure(.failedWhole(failure?.disposition ?? .retry, failure?.reason))
        }
        progress.waits(for: failure?.reason ?? .footingGone)
        logger.warning(
          "waiting for footing",
          metadata: ["reason": "\(failure?.reason.code ?? "unknown")", "waits": "\(waits)"]
        )
        waits += 1
        guard await pause.pause(beforeAttempt: waits) else { return .failure(.interrupted) }
      }
    }
  }
}

extension Reason {
  fileprivate static let footingGone = Reason(
    "footing_gone",
    "Something that all work needs is away."
  )
}
