import DedicatedThreads
import Synchronization

/// The publishing side of one connection: what waits, what is in flight, and the deadlines of both.
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
  private let window: Int

  private var wire: Wire?
  private var ended: CheckedContinuation<LinkError, Never>?
  private var tracker = ConfirmTracker<PublishBatch.Ticket>()
  private var assembler = ContentAssembler()
  /// Batches with something to write, oldest first.
  private var waiting: [PublishBatch] = []
  /// All batches with something open; each knows its place.
  private var open: [PublishBatch] = []
  private var nearestDeadline: ContinuousClock.Instant?
  private var closing = false
  private var drained: [CheckedContinuation<Void, Never>] = []

  private static let chunkMessagesMax = 64
  private static let chunkBytesMax = 1 << 18
  /// A write this short is never cut off, whatever the deadlines: it is slow, not stuck.
  private static let writeGrace = Duration.milliseconds(500)

  init(window: Int) { self.window = window }

  deinit { thread.stop() }

  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  /// Uses a connection until it ends or the link closes, and says why it ended.
  func serve(_ wire: sending Wire) async -> LinkError {
    guard !closing else {
      wire.close()
      return .shuttingDown
    }
    self.wire = wire
    status.connected.store(true, ordering: .releasing)
    watch(wire.socket)
    return await withCheckedContinuation { ended = $0 }
  }

  func publish(
    _ messages: [OutboundMessage],
    deadline: ContinuousClock.Instant
  ) async -> [Result<Void, PublishError>] {
    guard !closing else { return messages.map { _ in .failure(.shuttingDown) } }
    return await withCheckedContinuation { continuation in
      let batch = PublishBatch(messages, deadline: deadline) { continuation.resume(returning: $0) }
      batch.place = open.count
      open.append(batch)
      waiting.append(batch)
      nearestDeadline = nearestDeadline.map { min($0, deadline) } ?? deadline
      // Without a connection the thread still has to keep the deadline.
      if wire == nil { watch(-1) }
    }
  }

  /// Takes nothing new, waits for the confirms of what was written, and says good-bye.
  func close() async {
    closing = true
    for batch in waiting {
      for index in batch.written..<batch.messages.count {
        settle(PublishBatch.Ticket(batch: batch, index: index), .failure(.shuttingDown))
      }
    }
    waiting.removeAll()
    if wire != nil, !open.isEmpty {
      await withCheckedContinuation { drained.append($0) }
    }
    end(.shuttingDown)
    thread.unwatch()
    thread.stop()
  }

  private func watch(_ descriptor: Int32) {
    thread.watch(descriptor) { [weak self] in self?.assumeIsolated { $0.turn() } }
  }

  /// One turn of the thread; returns how long it may sleep, in milliseconds.
  private func turn() -> Int32? {
    // First, so that nothing overdue is written.
    let untilDeadline = expire()
    if wire != nil {
      do throws(LinkError) {
        repeat { try read() } while try writeChunk()
      } catch {
        end(error)
      }
    }
    guard let interval = wire?.pumpIntervalMilliseconds else { return untilDeadline }
    return min(interval, untilDeadline ?? interval)
  }

  private func read() throws(LinkError) {
    while let frame = try wire?.nextFrame() {
      switch frame {
      case .confirm(let sequence, let multiple, let accepted):
        for settled in tracker.settle(upTo: sequence, multiple: multiple, accepted: accepted) {
          settle(settled.ticket, settled.result)
        }
      case .blocked:
        status.blocked.store(true, ordering: .releasing)
      case .unblocked:
        status.blocked.store(false, ordering: .releasing)
      case .channelClosed(let code, let text):
        throw .channelClosed(code: code, text: text)
      case .connectionClosed(let code, let text):
        throw .connectionClosed(code: code, text: text)
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
    let address = ConfirmTracker<PublishBatch.Ticket>.Address(
      messageID: content.properties.messageID ?? "",
      exchange: exchange,
      routingKey: routingKey
    )
    // One that is not found belongs to a message nobody waits for.
    _ = tracker.noteReturn(of: address, code: code, text: text)
  }

  /// Writes some of what waits; false when there is nothing to write or no room in the window.
  private func writeChunk() throws(LinkError) -> Bool {
    guard let wire, let first = waiting.first, tracker.count < window,
      !status.blocked.load(ordering: .relaxed)
    else { return false }
    var messages = 0
    var bytes = 0
    let limit = max(nearestDeadline ?? first.deadline, .now + Self.writeGrace)
    try stallGuard.during(wire.socket, until: limit) { () throws(LinkError) in
      let several = waiting.count > 1 || first.messages.count - first.written > 1
      if several { wire.cork(true) }
      defer { if several { wire.cork(false) } }
      while let batch = waiting.first, tracker.count < window, messages < Self.chunkMessagesMax,
        bytes < Self.chunkBytesMax
      {
        messages += 1
        bytes += batch.messages[batch.written].body.count
        try writeNext(of: batch, to: wire)
      }
    }
    return true
  }

  private func writeNext(of batch: PublishBatch, to wire: Wire) throws(LinkError) {
    let ticket = PublishBatch.Ticket(batch: batch, index: batch.written)
    let message = batch.messages[batch.written]
    batch.written += 1
    if batch.written == batch.messages.count { waiting.removeFirst() }
    if let refusal = message.refusal(frameMax: wire.frameMax) {
      settle(ticket, .failure(refusal))
      return
    }
    tracker.add(
      ticket,
      address: .init(
        messageID: message.messageID,
        exchange: message.exchange,
        routingKey: message.routingKey
      )
    )
    try wire.publish(message)
  }

  private func settle(_ ticket: PublishBatch.Ticket, _ result: Result<Void, PublishError>) {
    if ticket.batch.settle(ticket.index, result) { forget(ticket.batch) }
  }

  private func forget(_ batch: PublishBatch) {
    let last = open.removeLast()
    if last !== batch {
      last.place = batch.place
      open[batch.place] = last
    }
    guard open.isEmpty else { return }
    nearestDeadline = nil
    for continuation in drained { continuation.resume() }
    drained = []
  }

  /// Lets overdue batches go; returns the milliseconds until the next deadline, nil without one.
  private func expire() -> Int32? {
    guard var nearest = nearestDeadline else { return nil }
    let now = ContinuousClock.now
    if nearest <= now {
      let overdue = open.filter { $0.deadline <= now }
      let blocked = status.blocked.load(ordering: .relaxed)
      for batch in overdue {
        batch.settleRest(
          written: .outcomeUnknown(
            blocked ? "the broker is blocked: it lacks memory or disk" : "no confirm in time"
          ),
          unwritten: blocked ? .brokerBlocked : .timedOut
        )
        forget(batch)
      }
      waiting.removeAll { $0.open == 0 }
      guard let next = open.lazy.map(\.deadline).min() else { return nil }
      nearest = next
      nearestDeadline = next
    }
    let (seconds, attoseconds) = now.duration(to: nearest).components
    // Rounded up, else the thread would spin through the last millisecond.
    return Int32(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1)
  }

  private func end(_ error: LinkError) {
    thread.unwatch()
    if case .channelClosed(let code, let text) = error { refuse(code: code, text: text) }
    for entry in tracker.removeAll() {
      settle(entry.ticket, .failure(.outcomeUnknown("\(error)")))
    }
    assembler = ContentAssembler()
    if error == .shuttingDown || wire?.isAlive == true { wire?.close() }
    wire = nil
    status.connected.store(false, ordering: .releasing)
    status.blocked.store(false, ordering: .releasing)
    // What was not written waits for the next connection; the thread keeps its deadlines.
    if !open.isEmpty { watch(-1) }
    ended?.resume(returning: error)
    ended = nil
  }

  /// A missing or forbidden exchange closes the channel and names itself in the text; the messages
  /// for it are the caller's to mend, the others merely lost their confirm.
  private func refuse(code: Int, text: String) {
    guard code == 404 || code == 403 else { return }
    for entry in tracker.open where text.contains("exchange '\(entry.address.exchange)'") {
      settle(entry.ticket, .failure(.unroutable(code: code, text: text)))
    }
  }
}
