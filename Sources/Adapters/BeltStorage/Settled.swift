package import Leads
package import Belt

/// One line of a lead's journey: the answer to "why?".
package struct JourneyEntry: Sendable, Hashable {
  package var journey: Identifier
  package var code: String
  /// For people; may hold personal data, since it stays in PostgreSQL.
  package var sentence: String
  /// The record that it speaks of.
  package var subject: Identifier?
  package var configVersion: Int?
  /// Whether it is left out where the stage has said it of the journey before.
  package var isSaidOnce: Bool

  package init(
    _ journey: Identifier,
    _ reason: Reason,
    subject: Identifier? = nil,
    configVersion: Int? = nil,
    isSaidOnce: Bool = false
  ) {
    self.isSaidOnce = isSaidOnce
    self.journey = journey
    code = reason.code
    sentence = reason.sentence
    self.subject = subject
    self.configVersion = configVersion
  }
}

/// How a stage ended with one message.
package struct Settled: Sendable {
  package var message: Message
  package var outcome: Outcome
  package var journey: [JourneyEntry]

  package init(_ message: Message, _ outcome: Outcome, journey: [JourneyEntry]) {
    self.message = message
    self.outcome = outcome
    self.journey = journey
  }

  /// Handled, with what follows and the line that explains it.
  package static func done(
    _ message: Message,
    follows: [Message] = [],
    _ reason: Reason,
    subject: Identifier? = nil,
    configVersion: Int? = nil,
    isSaidOnce: Bool = false
  ) -> Settled {
    Settled(
      message,
      .done(follows: follows),
      journey: [
        JourneyEntry(
          message.journey,
          reason,
          subject: subject,
          configVersion: configVersion,
          isSaidOnce: isSaidOnce
        )
      ]
    )
  }
}

/// The settings of an integration with their version.
package struct StoredSettings: Sendable {
  package let version: Int
  package let settings: Settings
}
