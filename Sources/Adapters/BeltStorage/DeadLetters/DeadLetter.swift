package import Belt

/// A message that was given up, with why.
package struct DeadLetter: Sendable, Hashable {
  package enum State: String, Sendable, CaseIterable {
    case open, retried, discarded
  }

  /// What names one: equal messages of two integrations are two.
  package struct Key: Sendable, Hashable {
    package let integration: String
    package let id: Identifier

    package init(_ integration: String, _ id: Identifier) {
      self.integration = integration
      self.id = id
    }
  }

  /// What it was when it was given up, or as a person has edited it since.
  package let message: Message
  package let reason: Reason
  /// Of all rounds together.
  package let attempts: Int
  /// RFC 3339 in UTC.
  package let firstAt: String
  package let lastAt: String
  package let state: State
  /// Of the body as it is now, in lower-case hexadecimal.
  package let bodySHA256: String
  /// RFC 3339 in UTC; nil for a body that nobody has edited.
  package let editedAt: String?
  /// Of a discarded one.
  package let discardReason: String?

  package var key: Key { Key(message.integration, message.id) }

  /// What failures of one cause have in common: stage and code.
  package var fingerprint: String { Self.fingerprint(message, reason) }

  package static func fingerprint(_ message: Message, _ reason: Reason) -> String {
    "\(message.stage):\(reason.code)"
  }
}
