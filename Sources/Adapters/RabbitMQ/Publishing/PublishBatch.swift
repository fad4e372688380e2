/// The messages of one call of `publish`, and what became of each.
struct PublishBatch {
  typealias Results = [Result<Void, PublishError>]

  let messages: [OutboundMessage]
  let deadline: ContinuousClock.Instant
  /// Messages before this one were taken to be written.
  private(set) var written = 0
  private var results: [Result<Void, PublishError>?]
  /// Messages without a result.
  private(set) var open: Int

  init(_ messages: [OutboundMessage], deadline: ContinuousClock.Instant) {
    self.messages = messages
    self.deadline = deadline
    results = Array(repeating: nil, count: messages.count)
    open = messages.count
  }

  var isWritten: Bool { written == messages.count }
  /// One result a message, in their order; fewer while some are open.
  var answer: Results { results.compactMap { $0 } }

  mutating func takeNext() -> (index: Int, message: OutboundMessage) {
    defer { written += 1 }
    return (written, messages[written])
  }

  /// Notes what became of one message; the first word on it counts.
  mutating func note(_ result: Result<Void, PublishError>, at index: Int) {
    guard results[index] == nil else { return }
    results[index] = result
    open -= 1
  }

  /// Notes what became of those that are open: `written` for those that were sent, `unwritten` for the
  /// others.
  mutating func noteRest(written writtenError: PublishError, unwritten: PublishError) {
    for index in messages.indices {
      note(.failure(index < written ? writtenError : unwritten), at: index)
    }
  }
}
