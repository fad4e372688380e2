package import Workers

/// A message that was given up, with why.
package struct DeadLetter: Sendable, Hashable {
  package enum State: String, Sendable {
    case open, retried, discarded
  }

  /// What it was when it was given up.
  package let message: Message
  package let reason: Reason
  /// Of all rounds together.
  package let attempts: Int
  /// RFC 3339 in UTC.
  package let firstAt: String
  package let lastAt: String
  package let state: State

  /// What failures of one cause have in common: stage and code.
  package var fingerprint: String { Self.fingerprint(message, reason) }

  static func fingerprint(_ message: Message, _ reason: Reason) -> String {
    "\(message.stage):\(reason.code)"
  }
}
