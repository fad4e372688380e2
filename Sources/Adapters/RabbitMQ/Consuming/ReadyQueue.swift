/// Deliveries that nobody has taken yet, in the order of arrival.
struct ReadyQueue {
  private var messages: [InboundMessage] = []
  private var head = 0

  var isEmpty: Bool { head == messages.count }

  mutating func append(contentsOf arrived: [InboundMessage]) { messages += arrived }

  /// Takes what is there, at most `max`, never nothing unless empty.
  ///
  /// A redelivered message is handed out alone: it may be what ended the process that had it, and
  /// must not take its neighbours along again.
  mutating func take(max: Int) -> [InboundMessage] {
    guard head < messages.count else { return [] }
    var end = head + 1
    if !messages[head].redelivered {
      while end < messages.count, end - head < max, !messages[end].redelivered { end += 1 }
    }
    let taken = Array(messages[head..<end])
    head = end
    if isEmpty {
      messages.removeAll(keepingCapacity: true)
      head = 0
    } else if head > 64 {
      messages.removeFirst(head)
      head = 0
    }
    return taken
  }

  mutating func removeAll() -> [InboundMessage] {
    defer { self = ReadyQueue() }
    return Array(messages[head...])
  }
}
