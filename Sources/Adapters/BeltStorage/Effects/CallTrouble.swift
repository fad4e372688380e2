package import Belt

/// Why a call of a desk did not end well, in the words of the system that was called.
package protocol CallTrouble: Error {
  var meaning: CallMeaning { get }
  /// There was no time left in which it could begin.
  var isLate: Bool { get }
  /// It may be the fault of another call that was sent with it: alone, this one may not meet it.
  var mayBeOfAnother: Bool { get }

  func reason(of message: Message) -> Reason
}

extension CallError: CallTrouble {
  package var isLate: Bool { cause == .late }
  /// One that is refused, or one person's quota, must not keep the others.
  package var mayBeOfAnother: Bool { meaning == .refused || limitsOneRecord }
}
