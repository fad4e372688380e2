/// How often the handling of a redelivered message was begun and not ended: what tells a payload that
/// kills its process from a neighbour that was only there.
///
/// Asked for redelivered messages only, so the usual way costs nothing. What one crash left is handled in
/// batches, for nearly all of it is innocent; what was in the batch at a second one is handled alone.
package protocol SuspectBook: Sendable {
  /// Writes down that the handling of these begins together, before it does.
  ///
  /// - Returns: Those that were begun before and never ended. They are not written down, and must be
  ///   handled alone.
  /// - Throws: A ``Failure``; whether the starts were written is unknown then.
  func begin(_ messages: [Message]) async throws -> Set<Identifier>
  /// Writes down that the handling begins, before it does.
  ///
  /// - Returns: False when the message was begun ``startsMax`` times and never ended; it must not be
  ///   handled again.
  /// - Throws: A ``Failure``; whether the start was written is unknown then.
  func mayBegin(_ message: Message) async throws -> Bool
  /// The handling came to an end, whatever it was: the message kills nobody.
  func ended(_ message: Message) async throws
  /// The same for several that were begun together.
  func ended(_ messages: [Message]) async throws
}

extension SuspectBook {
  /// A book that knows nothing of batches has each handled alone.
  package func begin(_ messages: [Message]) async throws -> Set<Identifier> {
    Set(messages.map(\.id))
  }

  package func ended(_ messages: [Message]) async throws {
    for message in messages { try await ended(message) }
  }

  /// Processes that a message may end.
  ///
  /// The first start is not written down: nobody suspects a message that was never redelivered.
  package static var startsMax: Int { 3 }
}

/// Suspects nobody.
package struct NoSuspectBook: SuspectBook {
  package init() {}
  package func begin(_: [Message]) -> Set<Identifier> { [] }
  package func mayBegin(_: Message) -> Bool { true }
  package func ended(_: Message) {}
}

extension Reason {
  /// Parked because nobody survived handling it.
  package static let poison = Reason(
    "poison",
    "Three processes ended while they handled this message; it is kept from the others."
  )
}

/// Lets one suspect, or one batch of them, in at a time, in order of arrival.
actor SuspectTurn {
  private var isTaken = false
  private var waiting: [CheckedContinuation<Void, Never>] = []

  func enter() async {
    guard isTaken else {
      isTaken = true
      return
    }
    await withCheckedContinuation { waiting.append($0) }
  }

  func leave() {
    if waiting.isEmpty {
      isTaken = false
    } else {
      waiting.removeFirst().resume()
    }
  }
}
