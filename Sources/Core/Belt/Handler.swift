/// What one stage does with a batch: load → decide → (act) → commit.
package protocol Handler: Sendable {
  /// When a message is given up, which the engine and the handler have to see alike.
  var policy: RetryPolicy { get }
  /// Handles what was waiting, in order of arrival.
  ///
  /// - Parameter batch: 1 to 64 messages of this stage, each once, possibly several of one lead.
  /// - Returns: One outcome a message, in the same order. For `done` all effects are committed.
  /// - Throws: A ``Failure`` that concerns the batch as a whole, or ``PartFailure``; what is committed
  ///   has receipts, and the engine takes apart what has no outcome or waits, as the failure says.
  func handle(_ batch: [Message]) async throws -> [Outcome]
}

/// What some messages of a batch met, while the others have their outcomes, which stand.
package struct PartFailure: Error {
  /// Of at least one message, and not of all.
  package let outcomes: [Identifier: Outcome]
  /// Of those without an outcome, as if they had been the batch.
  package let failure: any Error

  package init(outcomes: [Identifier: Outcome], failure: any Error) {
    self.outcomes = outcomes
    self.failure = failure
  }
}

extension Handler {
  package var policy: RetryPolicy { RetryPolicy() }

  /// Handles a batch in which a message may stand several times, as after a republished window: it is
  /// handled once, and all its copies end the same.
  package func handle(withCopies batch: [Message]) async throws -> [Outcome] {
    var places: [Identifier: Int] = [:]
    var distinct: [Message] = []
    for message in batch where places[message.id] == nil {
      places[message.id] = distinct.count
      distinct.append(message)
    }
    let outcomes = try await handle(distinct)
    precondition(outcomes.count == distinct.count, "a handler answers for every message")
    return batch.map { outcomes[places[$0.id] ?? 0] }
  }
}

/// What a worker takes its messages from and gives them to: the broker, or a twin in memory.
package protocol WorkQueue: Sendable {
  /// Takes what is waiting, at most `max`; waits while nothing is; empty once drained.
  ///
  /// Redelivered messages come apart from the others.
  func next(max: Int) async -> [Delivery]
  /// Stores these durably.
  ///
  /// - Returns: One result a message, in the same order. What failed may be stored all the same, and may
  ///   be published again; what succeeded need not be.
  @discardableResult
  func publish(_ messages: [Outgoing]) async -> [Result<Void, NotPublished>]
  /// Tells the broker that these are done with.
  func acknowledge(_ deliveries: [Delivery]) async
  /// Puts these back unchanged; only for the end of the process.
  func giveBack(_ deliveries: [Delivery]) async
}

/// A message as it was delivered.
package struct Delivery: Sendable {
  /// What arrived, or why it is no message of ours.
  package let content: Result<Message, MalformedMessage>
  /// The broker's handle for it.
  package let token: any Sendable & Hashable
  /// True when somebody had it before and did not settle it: it may be what ended that process.
  package let isRedelivered: Bool

  package init(
    content: Result<Message, MalformedMessage>,
    token: any Sendable & Hashable,
    isRedelivered: Bool = false
  ) {
    self.content = content
    self.token = token
    self.isRedelivered = isRedelivered
  }
}

/// Something in a queue that lacks what every message of ours has.
package struct MalformedMessage: Error, Sendable {
  package let reason: Reason
  /// What could be read, so that it can be parked and shown.
  package let remains: Message

  package init(_ reason: Reason, remains: Message) {
    self.reason = reason
    self.remains = remains
  }
}

/// A message and where it goes.
package struct Outgoing: Sendable, Hashable {
  package enum Destination: Sendable, Hashable {
    case stage
    case delay(DelayTier)
    case parking(Reason)
  }

  package let message: Message
  package let destination: Destination

  package init(_ message: Message, to destination: Destination = .stage) {
    self.message = message
    self.destination = destination
  }
}
