/// How often the handling of a redelivered message was begun and not ended: what tells a payload that
/// kills its process from a neighbour that was only there.
///
/// Asked for redelivered messages only, so the usual way costs nothing.
package protocol SuspectBook: Sendable {
  /// Writes down that the handling begins, before it does.
  ///
  /// - Returns: False when the message was begun ``startsMax`` times and never ended; it must not be
  ///   handled again.
  /// - Throws: A ``Failure``; whether the start was written is unknown then.
  func mayBegin(_ message: Message) async throws -> Bool
  /// The handling came to an end, whatever it was: the message kills nobody.
  func ended(_ message: Message) async throws
}

extension SuspectBook {
  /// Processes that a message may end.
  ///
  /// The first start is not written down: nobody suspects a message that was never redelivered.
  package static var startsMax: Int { 3 }
}

/// Suspects nobody.
package struct NoSuspectBook: SuspectBook {
  package init() {}
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

/// Lets one suspect in at a time, in order of arrival.
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
