/// The messages of one call of `publish`, and what became of each.
final class PublishBatch {
  /// Names one message of a batch.
  struct Ticket {
    let batch: PublishBatch
    let index: Int
  }

  let messages: [OutboundMessage]
  let deadline: ContinuousClock.Instant
  /// Messages before this one were written.
  var written = 0
  /// Where the link keeps it; see `PublisherLink`.
  var place = 0

  private var results: [Result<Void, PublishError>?]
  private(set) var open: Int
  private let finish: ([Result<Void, PublishError>]) -> Void

  init(
    _ messages: [OutboundMessage],
    deadline: ContinuousClock.Instant,
    finish: @escaping ([Result<Void, PublishError>]) -> Void
  ) {
    self.messages = messages
    self.deadline = deadline
    self.finish = finish
    results = Array(repeating: nil, count: messages.count)
    open = messages.count
  }

  /// Settles one message; true when that was the last one.
  ///
  /// The first word on a message counts.
  func settle(_ index: Int, _ result: Result<Void, PublishError>) -> Bool {
    guard results[index] == nil else { return false }
    results[index] = result
    open -= 1
    guard open == 0 else { return false }
    finish(results.compactMap { $0 })
    return true
  }

  /// Settles all messages that are open: `written` for those that were sent, `unwritten` for the
  /// others.
  func settleRest(written writtenError: PublishError, unwritten: PublishError) {
    for index in messages.indices where results[index] == nil {
      _ = settle(index, .failure(index < written ? writtenError : unwritten))
    }
  }
}
