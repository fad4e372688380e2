/// The policy of a publisher's link: what waits, what is in flight, and the deadlines of both, without wire,
/// thread, clock or lock.
///
/// Every method tells what happened and returns what now is to be done, in that order. Who waits is answered
/// exactly once: for a batch with one result a message and by its deadline, for a connection that was taken
/// when it ends, for a close when nothing is left.
///
/// | phase | `connected` | `publish` | `lost` | `close` | the last open batch has its answer |
/// | --- | --- | --- | --- | --- | --- |
/// | disconnected | connected | waits | – | closed, answered | – |
/// | connected | refused | waits | disconnected | closing, or closed with nothing in flight | – |
/// | closing | refused | refused | closed, answered | waits | closed, answered |
/// | closed | refused | refused | – | answered | – |
///
/// A close refuses what is not written; a lost connection leaves it for the next one, and makes the outcome
/// of what is written unknown. Nothing is written but while connected, within the window, and not while the
/// broker says that it is blocked.
struct PublisherLinkState {
  typealias Instant = ContinuousClock.Instant

  enum Action {
    case answer(batch: Int, PublishBatch.Results)
    /// Without a wire to watch the thread still has to keep the deadlines.
    case keepTime
    /// Say good-bye if the broker can still hear it, and forget the wire and what came by it.
    case dropWire
    /// The connection that was taken last has ended.
    case answerServe(LinkError)
    /// All who asked to close.
    case answerClose
    case endThread
  }

  /// Names one message of one batch.
  struct Ticket: Hashable {
    let batch: Int
    let index: Int
  }

  private enum Phase { case disconnected, connected, closing, closed }

  private let window: Int
  private var phase = Phase.disconnected
  private var tracker = ConfirmTracker<Ticket>()
  /// All batches with something open.
  private var batches: [Int: PublishBatch] = [:]
  /// Those with something to write, oldest first.
  private var waiting: [Int] = []
  private var lastBatch = 0
  /// True while the broker lacks memory or disk.
  private(set) var isBlocked = false
  /// Before this ``expire(now:)`` has nothing to do; nil without an open batch.
  private(set) var nearestDeadline: Instant?

  init(window: Int) { self.window = window }

  /// Whether ``next(frameMax:)`` may have something.
  var canWrite: Bool {
    phase == .connected && !isBlocked && !waiting.isEmpty && tracker.count < window
  }

  /// Whether more than one message waits to be written.
  var hasSeveral: Bool {
    guard let first = waiting.first.flatMap({ batches[$0] }) else { return false }
    return waiting.count > 1 || first.messages.count - first.written > 1
  }

  /// A connection takes messages; false when it is not wanted any more, or there is one already.
  mutating func connected() -> Bool {
    guard phase == .disconnected else { return false }
    phase = .connected
    return true
  }

  /// Somebody waits for the broker's word on some messages, one at least.
  mutating func publish(
    _ messages: [OutboundMessage],
    deadline: Instant
  ) -> (batch: Int, actions: [Action]) {
    lastBatch += 1
    guard phase == .disconnected || phase == .connected else {
      return (lastBatch, [.answer(batch: lastBatch, messages.map { _ in .failure(.shuttingDown) })])
    }
    batches[lastBatch] = PublishBatch(messages, deadline: deadline)
    waiting.append(lastBatch)
    nearestDeadline = nearestDeadline.map { min($0, deadline) } ?? deadline
    return (lastBatch, phase == .disconnected ? [.keepTime] : [])
  }

  /// Takes the next message to write; it is in flight from now on.
  ///
  /// - Parameter frameMax: Bytes of the largest frame that was agreed; a message that does not fit has its
  ///   answer and is passed over.
  /// - Returns: No message when there is none to write now.
  mutating func next(frameMax: Int) -> (message: OutboundMessage?, actions: [Action]) {
    var actions: [Action] = []
    while canWrite, let id = waiting.first, let (index, message) = batches[id]?.takeNext() {
      if batches[id]?.isWritten == true { waiting.removeFirst() }
      let ticket = Ticket(batch: id, index: index)
      if let refusal = message.refusal(frameMax: frameMax) {
        note(.failure(refusal), on: ticket, &actions)
        continue
      }
      tracker.add(
        ticket,
        address: .init(
          messageID: message.messageID,
          exchange: message.exchange,
          routingKey: message.routingKey
        )
      )
      return (message, actions)
    }
    return (nil, actions)
  }

  mutating func confirmed(upTo sequence: UInt64, multiple: Bool, accepted: Bool) -> [Action] {
    var actions: [Action] = []
    for word in tracker.confirm(upTo: sequence, multiple: multiple, accepted: accepted) {
      note(word.result, on: word.ticket, &actions)
    }
    return actions + closeWhenDone()
  }

  /// The broker found no queue for a message; its confirm follows.
  mutating func returned(_ address: ConfirmTracker<Ticket>.Address, code: Int, text: String) {
    // One that is not found belongs to a message nobody waits for.
    _ = tracker.noteReturn(of: address, code: code, text: text)
  }

  mutating func blocked(_ blocked: Bool) { isBlocked = blocked }

  /// Answers what is overdue.
  mutating func expire(now: Instant) -> [Action] {
    guard let nearest = nearestDeadline, nearest <= now else { return [] }
    var actions: [Action] = []
    let written =
      isBlocked ? "the broker is blocked: it lacks memory or disk" : "no confirm in time"
    for id in batches.filter({ $0.value.deadline <= now }).keys.sorted() {
      batches[id]?.noteRest(
        written: .outcomeUnknown(written),
        unwritten: isBlocked ? .brokerBlocked : .timedOut
      )
      answerIfDone(id, &actions)
    }
    waiting.removeAll { batches[$0] == nil }
    nearestDeadline = batches.values.lazy.map(\.deadline).min()
    return actions + closeWhenDone()
  }

  /// The connection has ended.
  mutating func lost(_ error: LinkError) -> [Action] {
    guard phase == .connected || phase == .closing else { return [] }
    var actions: [Action] = []
    if case .channelClosed(let code, let text) = error { refuse(code: code, text: text, &actions) }
    for entry in tracker.removeAll() {
      note(.failure(.outcomeUnknown("\(error)")), on: entry.ticket, &actions)
    }
    isBlocked = false
    actions += [.dropWire, .answerServe(error)]
    if phase == .closing {
      phase = .closed
      return actions + [.answerClose, .endThread]
    }
    phase = .disconnected
    return batches.isEmpty ? actions : actions + [.keepTime]
  }

  /// Somebody wants nothing more written, and waits for the word on what is.
  mutating func close() -> [Action] {
    guard phase != .closed else { return [.answerClose] }
    var actions: [Action] = []
    for id in waiting {
      for index in (batches[id]?.written ?? 0)..<(batches[id]?.messages.count ?? 0) {
        note(.failure(.shuttingDown), on: Ticket(batch: id, index: index), &actions)
      }
    }
    waiting = []
    if phase == .disconnected {
      phase = .closed
      return actions + [.answerClose, .endThread]
    }
    phase = .closing
    return actions + closeWhenDone()
  }

  private mutating func closeWhenDone() -> [Action] {
    guard phase == .closing, batches.isEmpty else { return [] }
    return lost(.shuttingDown)
  }

  private mutating func note(
    _ result: Result<Void, PublishError>,
    on ticket: Ticket,
    _ actions: inout [Action]
  ) {
    batches[ticket.batch]?.note(result, at: ticket.index)
    answerIfDone(ticket.batch, &actions)
  }

  private mutating func answerIfDone(_ id: Int, _ actions: inout [Action]) {
    guard let batch = batches[id], batch.open == 0 else { return }
    batches[id] = nil
    actions.append(.answer(batch: id, batch.answer))
    if batches.isEmpty { nearestDeadline = nil }
  }

  /// A missing or forbidden exchange closes the channel and names itself in the text; the messages
  /// for it are the caller's to mend, the others merely lost their confirm.
  private mutating func refuse(code: Int, text: String, _ actions: inout [Action]) {
    guard code == 404 || code == 403 else { return }
    for entry in tracker.open where text.contains("exchange '\(entry.address.exchange)'") {
      note(.failure(.unroutable(code: code, text: text)), on: entry.ticket, &actions)
    }
  }
}
