import DedicatedThreads
import Synchronization

/// The publishing side of one connection: carries out what ``PublisherLinkState`` says.
///
/// Runs on a thread of its own. Each turn of that thread reads what the broker sent, writes as much
/// as the window allows, and lets overdue batches go.
actor PublisherLink {
  /// What other threads may see.
  final class Status: Sendable {
    let connected = Atomic(false)
    let blocked = Atomic(false)
  }

  nonisolated let status = Status()
  private nonisolated let thread = DedicatedThread(name: "amqp-publish")
  private let stallGuard = StallGuard()

  private var state: PublisherLinkState
  private var wire: Wire?
  private var assembler = ContentAssembler()
  private var callers: [Int: CheckedContinuation<PublishBatch.Results, Never>] = [:]
  private var serving: CheckedContinuation<LinkError, Never>?
  private var closes: [CheckedContinuation<Void, Never>] = []

  private static let chunkMessagesMax = 64
  private static let chunkBytesMax = 1 << 18
  /// A write this short is never cut off, whatever the deadlines: it is slow, not stuck.
  private static let writeGrace = Duration.milliseconds(500)

  init(window: Int) { state = PublisherLinkState(window: window) }

  deinit { thread.stop() }

  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  /// Uses a connection until it ends or the link closes, and says why it ended.
  func serve(_ wire: sending Wire) async -> LinkError {
    guard state.connected() else {
      wire.close()
      return .shuttingDown
    }
    self.wire = wire
    status.connected.store(true, ordering: .releasing)
    watch(wire.socket)
    return await withCheckedContinuation { serving = $0 }
  }

  func publish(
    _ messages: [OutboundMessage],
    deadline: ContinuousClock.Instant
  ) async -> PublishBatch.Results {
    await withCheckedContinuation { caller in
      let (batch, actions) = state.publish(messages, deadline: deadline)
      callers[batch] = caller
      perform(actions)
    }
  }

  /// Takes nothing new, waits for the confirms of what was written, and says good-bye.
  func close() async {
    await withCheckedContinuation {
      closes.append($0)
      perform(state.close())
    }
  }

  private func watch(_ descriptor: Int32) {
    thread.watch(descriptor) { [weak self] in self?.assumeIsolated { $0.turn() } }
  }

  /// One turn of the thread; returns how long it may sleep, in milliseconds.
  private func turn() -> Int32? {
    // First, so that nothing overdue is written.
    perform(state.expire(now: .now))
    do throws(LinkError) {
      repeat { try read() } while try writeChunk()
    } catch {
      perform(state.lost(error))
    }
    let untilDeadline = state.nearestDeadline.map { Self.milliseconds(until: $0) }
    guard let interval = wire?.pumpIntervalMilliseconds else { return untilDeadline }
    return min(interval, untilDeadline ?? interval)
  }

  private static func milliseconds(until deadline: ContinuousClock.Instant) -> Int32 {
    let (seconds, attoseconds) = ContinuousClock.now.duration(to: deadline).components
    // Rounded up, else the thread would spin through the last millisecond.
    return Int32(clamping: max(0, seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1))
  }

  private func read() throws(LinkError) {
    defer { status.blocked.store(state.isBlocked, ordering: .releasing) }
    while let frame = try wire?.nextFrame() {
      switch frame {
      case .confirm(let sequence, let multiple, let accepted):
        perform(state.confirmed(upTo: sequence, multiple: multiple, accepted: accepted))
      case .blocked: state.blocked(true)
      case .unblocked: state.blocked(false)
      case .closed(let error): throw error
      default:
        guard let content = try assembler.take(frame) else { continue }
        noteReturn(content)
      }
    }
  }

  private func noteReturn(_ content: ContentAssembler.Content) {
    guard case .returned(let code, let text, let exchange, let routingKey) = content.envelope else {
      return
    }
    let address = ConfirmTracker<PublisherLinkState.Ticket>.Address(
      messageID: content.properties.messageID ?? "",
      exchange: exchange,
      routingKey: routingKey
    )
    state.returned(address, code: code, text: text)
  }

  /// Writes some of what waits; false when there is nothing to write or no room in the window.
  private func writeChunk() throws(LinkError) -> Bool {
    guard let wire, state.canWrite else { return false }
    let shortest = ContinuousClock.now + Self.writeGrace
    let limit = max(state.nearestDeadline ?? shortest, shortest)
    try stallGuard.during(wire.socket, until: limit) { () throws(LinkError) in
      let several = state.hasSeveral
      if several { wire.cork(true) }
      defer { if several { wire.cork(false) } }
      var messages = 0
      var bytes = 0
      while messages < Self.chunkMessagesMax, bytes < Self.chunkBytesMax {
        let (message, actions) = state.next(frameMax: wire.frameMax)
        perform(actions)
        guard let message else { return }
        messages += 1
        bytes += message.body.count
        try wire.publish(message)
      }
    }
    return true
  }

  private func perform(_ actions: [PublisherLinkState.Action]) {
    for action in actions {
      switch action {
      case .answer(let batch, let results):
        callers.removeValue(forKey: batch)?.resume(returning: results)
      case .keepTime: watch(-1)
      case .dropWire: dropWire()
      case .answerServe(let error):
        serving?.resume(returning: error)
        serving = nil
      case .answerClose:
        for close in closes { close.resume() }
        closes = []
      case .endThread:
        thread.unwatch()
        thread.stop()
      }
    }
  }

  private func dropWire() {
    thread.unwatch()
    wire?.close()
    wire = nil
    assembler = ContentAssembler()
    status.connected.store(false, ordering: .releasing)
    status.blocked.store(false, ordering: .releasing)
  }
}
