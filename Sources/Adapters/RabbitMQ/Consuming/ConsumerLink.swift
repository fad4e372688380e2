import DedicatedThreads
import Synchronization

/// The consuming side of one connection: carries out what ``ConsumerLinkState`` says.
///
/// Runs on a thread of its own. Each turn of that thread reads what the broker sent, hands it to the
/// mailbox as one batch, and sends the verdicts that have come in since.
actor ConsumerLink {
  nonisolated let mailbox = Mailbox()
  nonisolated let connected = Atomic(false)
  private nonisolated let thread = DedicatedThread(name: "amqp-consume")
  private let stallGuard = StallGuard()
  private let queue: String

  private var state = ConsumerLinkState()
  private var wire: Wire?
  private var assembler = ContentAssembler()
  private var acks = AckCoalescer()
  private var serving: CheckedContinuation<LinkError, Never>?
  private var stops: [CheckedContinuation<Void, Never>] = []

  private static let writeSeconds = 5

  init(queue: String) { self.queue = queue }

  deinit { thread.stop() }

  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  /// Uses a connection on which deliveries have been started until it ends, and says why.
  func serve(_ wire: sending Wire) async -> LinkError {
    guard state.connected() else {
      wire.close()
      return .shuttingDown
    }
    acks = AckCoalescer()
    assembler = ContentAssembler()
    self.wire = wire
    connected.store(true, ordering: .releasing)
    thread.watch(wire.socket) { [weak self] in self?.assumeIsolated { $0.turn() } }
    return await withCheckedContinuation { serving = $0 }
  }

  nonisolated func pass(_ verdict: Mailbox.Verdict, on tokens: [DeliveryToken]) {
    mailbox.pass(verdict, on: tokens)
    thread.wake()
  }

  /// Asks the broker for no more.
  ///
  /// - Returns: What was never handed out, for whoever asks first; it still needs a verdict.
  func stopTaking() async -> [InboundMessage] {
    await withCheckedContinuation {
      stops.append($0)
      perform(state.stop())
    }
    return mailbox.takeRest()
  }

  /// Sends the last verdicts and says good-bye; what has no verdict is delivered again elsewhere.
  func close() { perform(state.close()) }

  /// One turn of the thread; returns how long it may sleep, in milliseconds.
  private func turn() -> Int32? {
    guard let wire else { return nil }
    do throws(LinkError) {
      try read(from: wire)
      try sendVerdicts(on: wire)
      return wire.pumpIntervalMilliseconds
    } catch {
      perform(state.lost(error))
      return nil
    }
  }

  private func read(from wire: Wire) throws(LinkError) {
    var arrived: [InboundMessage] = []
    defer { if !arrived.isEmpty { mailbox.deliver(arrived) } }
    while let frame = try wire.nextFrame() {
      switch frame {
      case .consumerCancelled: throw .consumerCancelled(queue: queue)
      case .cancelOk: perform(state.cancelOk())
      case .closed(let error): throw error
      default:
        guard let content = try assembler.take(frame) else { continue }
        if let message = InboundMessage(content, epoch: state.epoch) {
          acks.noteDelivery(message.token.tag)
          arrived.append(message)
        }
      }
    }
  }

  private func sendVerdicts(on wire: Wire) throws(LinkError) {
    for (token, verdict) in mailbox.takeVerdicts() where token.epoch == state.epoch {
      switch verdict {
      case .acknowledge: acks.acknowledge(token.tag)
      case .giveBack: acks.giveBack(token.tag)
      }
    }
    guard !acks.isIdle else { return }
    let frames = acks.flush(keepingGaps: state.keepsGaps)
    try stallGuard.during(wire.socket, until: .now + .seconds(Self.writeSeconds)) {
      () throws(LinkError) in
      for frame in frames { try wire.send(frame) }
    }
  }

  private func perform(_ actions: [ConsumerLinkState.Action]) {
    for action in actions {
      switch action {
      case .stopHandingOut: mailbox.stop()
      case .cancelConsuming: attempt { wire throws(LinkError) in try wire.cancelConsuming() }
      case .sayGoodbye: sayGoodbye()
      case .dropWire: dropWire()
      case .answerServe(let error):
        serving?.resume(returning: error)
        serving = nil
      case .answerStop:
        for stop in stops { stop.resume() }
        stops = []
      case .endThread: thread.stop()
      }
    }
  }

  private func attempt(_ body: (Wire) throws(LinkError) -> Void) {
    guard let wire else { return }
    do throws(LinkError) { try body(wire) } catch { perform(state.lost(error)) }
  }

  private func sayGoodbye() {
    mailbox.pass(.giveBack, on: mailbox.takeRest().map(\.token))
    attempt { wire throws(LinkError) in
      try sendVerdicts(on: wire)
      throw .shuttingDown
    }
  }

  private func dropWire() {
    thread.unwatch()
    wire?.close()
    wire = nil
    mailbox.connectionLost()
    connected.store(false, ordering: .releasing)
  }
}

extension InboundMessage {
  /// Nil for what is not a delivery.
  init?(_ content: ContentAssembler.Content, epoch: UInt64) {
    guard case .delivery(let tag, let redelivered, let exchange, let routingKey) = content.envelope
    else { return nil }
    self.init(
      messageID: content.properties.messageID,
      type: content.properties.type,
      correlationID: content.properties.correlationID,
      exchange: exchange,
      routingKey: routingKey,
      headers: content.properties.headers,
      timestamp: content.properties.timestamp,
      body: content.body,
      redelivered: redelivered,
      token: DeliveryToken(epoch: epoch, tag: tag)
    )
  }
}
