import DedicatedThreads
import Synchronization

/// The consuming side of one connection.
///
/// Runs on a thread of its own. Each turn of that thread reads what the broker sent, hands it to the
/// mailbox as one batch, and sends the verdicts that have come in since.
actor ConsumerLink {
  nonisolated let mailbox = Mailbox()
  nonisolated let connected = Atomic(false)
  private nonisolated let thread = DedicatedThread(name: "amqp-consume")
  private let stallGuard = StallGuard()
  private let queue: String

  private var wire: Wire?
  private var ended: CheckedContinuation<LinkError, Never>?
  private var cancelled: CheckedContinuation<Void, Never>?
  private var assembler = ContentAssembler()
  private var acks = AckCoalescer()
  /// Counts connections, so that a verdict on a delivery of an earlier one is told apart.
  private var epoch: UInt64 = 0
  private var stopping = false
  private var closing = false

  private static let writeSeconds = 5

  init(queue: String) { self.queue = queue }

  deinit { thread.stop() }

  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  /// Uses a connection on which deliveries have been started until it ends, and says why.
  func serve(_ wire: sending Wire) async -> LinkError {
    guard !stopping else {
      wire.close()
      return .shuttingDown
    }
    epoch += 1
    acks = AckCoalescer()
    assembler = ContentAssembler()
    self.wire = wire
    connected.store(true, ordering: .releasing)
    thread.watch(wire.socket) { [weak self] in self?.assumeIsolated { $0.turn() } }
    return await withCheckedContinuation { ended = $0 }
  }

  nonisolated func settle(_ tokens: [DeliveryToken], _ verdict: Mailbox.Verdict) {
    mailbox.settle(tokens, verdict)
    thread.wake()
  }

  /// Asks the broker for no more.
  ///
  /// - Returns: What was never handed out, for whoever asks first; it still needs a verdict.
  func stopTaking() async -> [InboundMessage] {
    guard !stopping else { return [] }
    stopping = true
    mailbox.stop()
    if let wire {
      do throws(LinkError) {
        // Before any give-back, else the broker would deliver it here again.
        try wire.cancelConsuming()
      } catch {
        end(error)
      }
    }
    thread.wake()
    if wire != nil { await withCheckedContinuation { cancelled = $0 } }
    return mailbox.takeRest()
  }

  /// Sends the last verdicts and says good-bye; what has no verdict is delivered again elsewhere.
  func close() {
    guard !closing else { return }
    stopping = true
    closing = true
    mailbox.stop()
    mailbox.settle(mailbox.takeRest().map(\.token), .giveBack)
    if wire != nil {
      do throws(LinkError) {
        try sendVerdicts()
        wire?.close()
        end(.shuttingDown)
      } catch {
        end(error)
      }
    }
    thread.stop()
  }

  /// One turn of the thread; returns how long it may sleep, in milliseconds.
  private func turn() -> Int32? {
    guard let wire else { return nil }
    do throws(LinkError) {
      try read(from: wire)
      try sendVerdicts()
      return wire.pumpIntervalMilliseconds
    } catch {
      end(error)
      return nil
    }
  }

  private func read(from wire: Wire) throws(LinkError) {
    var arrived: [InboundMessage] = []
    defer { if !arrived.isEmpty { mailbox.deliver(arrived) } }
    while let frame = try wire.nextFrame() {
      switch frame {
      case .consumerCancelled: throw .consumerCancelled(queue: queue)
      case .cancelOk:
        cancelled?.resume()
        cancelled = nil
      case .channelClosed(let code, let text): throw .channelClosed(code: code, text: text)
      case .connectionClosed(let code, let text): throw .connectionClosed(code: code, text: text)
      default:
        guard let content = try assembler.take(frame) else { continue }
        if let message = InboundMessage(content, epoch: epoch) {
          acks.noteDelivery(message.token.tag)
          arrived.append(message)
        }
      }
    }
  }

  private func sendVerdicts() throws(LinkError) {
    for settlement in mailbox.takeSettlements() where settlement.token.epoch == epoch {
      switch settlement.verdict {
      case .acknowledge: acks.acknowledge(settlement.token.tag)
      case .giveBack: acks.giveBack(settlement.token.tag)
      }
    }
    guard !acks.isIdle, let wire else { return }
    // Nothing is delivered any more, so no room is lost by waiting for what is still in hand.
    let frames = acks.flush(keepingGaps: stopping && !closing)
    try stallGuard.during(wire.socket, until: .now + .seconds(Self.writeSeconds)) {
      () throws(LinkError) in
      for frame in frames { try wire.send(frame) }
    }
  }

  private func end(_ error: LinkError) {
    thread.unwatch()
    if wire?.isAlive == true { wire?.close() }
    wire = nil
    // A verdict that still comes is for an epoch that is over.
    epoch += 1
    mailbox.connectionLost()
    connected.store(false, ordering: .releasing)
    cancelled?.resume()
    cancelled = nil
    ended?.resume(returning: error)
    ended = nil
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
