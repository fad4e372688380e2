/// Deliveries that nobody has taken yet: in the order of arrival for each routing key, and by turns
/// among the keys.
///
/// Served by deficit round robin with messages of equal cost: each key in its turn gives up to
/// ``quantum`` messages, and one cut short by the end of a batch gives the rest in the next. So a key
/// with much waiting takes no more of a batch than the others want it to.
struct ReadyQueue {
  /// Messages of one key in one turn.
  static let quantum = 8

  /// Bytes of bodies in one batch, reached by one body or not: a batch is worked on as a whole, and takes
  /// many times that in memory.
  static let batchBytesMax = 4 << 20

  private var lines: [String: Line] = [:]
  /// The keys that have something, the next one first.
  private var turns: [String] = []
  /// What the first key may still give in its turn.
  private var deficit = ReadyQueue.quantum

  var isEmpty: Bool { turns.isEmpty }

  mutating func append(contentsOf arrived: [InboundMessage]) {
    for message in arrived {
      if lines[message.routingKey] == nil { turns.append(message.routingKey) }
      lines[message.routingKey, default: Line()].messages.append(message)
    }
  }

  /// Takes what is there, at most `max` and about ``batchBytesMax``, never nothing unless empty.
  ///
  /// Redelivered messages are handed out apart: one of them may be what ended the process that had it, and
  /// must not take others along.
  mutating func take(max: Int) -> [InboundMessage] {
    var taken: [InboundMessage] = []
    var bytes = 0
    while taken.count < max, let key = turns.first, let next = lines[key]?.first {
      if let first = taken.first, first.redelivered != next.redelivered { break }
      guard taken.isEmpty || bytes + next.body.count <= Self.batchBytesMax else { break }
      bytes += next.body.count
      taken.append(next)
      takeFirst(of: key)
    }
    return taken
  }

  mutating func removeAll() -> [InboundMessage] {
    defer { self = ReadyQueue() }
    return turns.flatMap { lines[$0]?.rest ?? [] }
  }

  /// Takes one of the key whose turn it is, and passes the turn on when it is over.
  private mutating func takeFirst(of key: String) {
    lines[key]?.head += 1
    deficit -= 1
    lines[key]?.tidy()
    let isDone = lines[key]?.first == nil
    guard isDone || deficit == 0 else { return }
    turns.removeFirst()
    deficit = Self.quantum
    if isDone { lines[key] = nil } else { turns.append(key) }
  }

  private struct Line {
    var messages: [InboundMessage] = []
    var head = 0

    var first: InboundMessage? { head < messages.count ? messages[head] : nil }
    var rest: ArraySlice<InboundMessage> { messages[head...] }

    mutating func tidy() {
      guard head > 64 else { return }
      messages.removeFirst(head)
      head = 0
    }
  }
}
