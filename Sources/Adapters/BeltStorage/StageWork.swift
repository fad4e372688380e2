package import Leads
package import Postgres
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

/// What a stage writes for a batch, in one transaction.
package struct StageWork<Plan: Sendable>: Sendable {
  package var writes: [SQL]
  package var settled: [Settled]
  /// Lines on the journeys of messages that are not settled with this transaction.
  package var notes: [(message: Message, entry: JourneyEntry)]
  /// Messages that still need something done outside; they get their receipt afterwards.
  package var planned: [(message: Message, plan: Plan)]

  package init(
    writes: [SQL] = [],
    settled: [Settled] = [],
    notes: [(message: Message, entry: JourneyEntry)] = [],
    planned: [(message: Message, plan: Plan)] = []
  ) {
    self.writes = writes
    self.settled = settled
    self.notes = notes
    self.planned = planned
  }
}

/// What a stage sees of its batch inside the transaction.
package struct Unit: Sendable {
  /// The messages without a receipt, each once, in order of arrival.
  package let fresh: [Message]
  /// The settings in force, by integration; there is one for each fresh message.
  package let settings: [String: StoredSettings]
  /// The results of the statements that the stage asked to load first.
  package let rows: [Rows]
}

/// The settings of an integration with their version.
package struct StoredSettings: Sendable {
  package let version: Int
  package let settings: Settings
}
