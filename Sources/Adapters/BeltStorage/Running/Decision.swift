import Leads
package import StrictJSON
package import Belt

/// A line that a stage writes into a journey.
package struct Line: Sendable, Hashable {
  package var reason: Reason
  /// The record that it speaks of.
  package var subject: Identifier?
  /// Whether it is left out where the stage has said it of the journey before.
  package var isSaidOnce: Bool
  /// Nil for the message's own.
  package var journey: Identifier?

  package init(
    _ reason: Reason,
    subject: Identifier? = nil,
    isSaidOnce: Bool = false,
    journey: Identifier? = nil
  ) {
    self.reason = reason
    self.subject = subject
    self.isSaidOnce = isSaidOnce
    self.journey = journey
  }
}

/// What a stage decided about one message.
package struct Decision<Change: Sendable, Plan: Sendable>: Sendable {
  enum Ending: Sendable {
    case settled(Outcome)
    case planned(Plan, Intent)
    case asked
  }

  let ending: Ending
  let lines: [Line]
  let changes: [Change]

  /// Handled.
  package static func done(
    _ lines: [Line],
    follows: [Message] = [],
    writes changes: [Change] = []
  ) -> Decision {
    Decision(ending: .settled(.done(follows: follows)), lines: lines, changes: changes)
  }

  /// Handled, with the line that explains it.
  package static func done(
    _ reason: Reason,
    subject: Identifier? = nil,
    isSaidOnce: Bool = false,
    follows: [Message] = [],
    writes changes: [Change] = []
  ) -> Decision {
    .done(
      [Line(reason, subject: subject, isSaidOnce: isSaidOnce)],
      follows: follows,
      writes: changes
    )
  }

  /// Not its time yet; counts no attempt.
  package static func wait(_ time: Duration, _ reason: Reason) -> Decision {
    Decision(ending: .settled(.snooze(time, reason)), lines: [], changes: [])
  }

  /// Another attempt may heal it.
  package static func retry(_ reason: Reason) -> Decision {
    Decision(ending: .settled(.retry(reason)), lines: [], changes: [])
  }

  /// An end that was found before anything was decided.
  package static func ended(_ outcome: Outcome) -> Decision {
    Decision(ending: .settled(outcome), lines: [], changes: [])
  }

  /// No attempt can help.
  package static func reject(_ reason: Reason, _ lines: [Line] = []) -> Decision {
    Decision(ending: .settled(.reject(reason)), lines: lines, changes: [])
  }

  /// The outside has to be asked first; it is decided anew by what that shows.
  package static var look: Decision { Decision(ending: .asked, lines: [], changes: []) }

  /// Something is left to be done outside; the message gets its receipt after that.
  package static func act(_ plan: Plan, _ intent: Intent, writes changes: [Change] = [])
    -> Decision
  {
    Decision(ending: .planned(plan, intent), lines: [], changes: changes)
  }
}

/// What stands in the database before a call is made.
package enum Intent: Sendable {
  /// A call is about to be made; `generation` is one more than that of the attempt before.
  case call(kind: String, subject: Identifier, plan: JSON, generation: Int = 1)
  /// The intent of an earlier attempt, whose results are refused from now on.
  case takenOver(generation: Int)
  /// It stands already, or a second call does no harm.
  case standing
}

/// What a message became by a look outside.
package enum Seen<Input: Sendable>: Sendable {
  /// It is decided anew, with this in the place of its input.
  case input(Input)
  case ended(Outcome)
}

/// What became of one planned message.
package struct Acted<Fact: Sendable>: Sendable {
  package var outcome: Outcome
  package var lines: [Line]
  /// What is known of its call; nil when nothing is known anew.
  package var effect: Effects.Result?
  package var facts: [Fact]

  package init(
    _ outcome: Outcome,
    _ lines: [Line] = [],
    effect: Effects.Result? = nil,
    facts: [Fact] = []
  ) {
    self.outcome = outcome
    self.lines = lines
    self.effect = effect
    self.facts = facts
  }
}

extension Reason {
  /// A message outlives the lead that it speaks of only where somebody erased that.
  package static let leadAbsent = Reason(
    "lead_absent",
    "The lead that this speaks of is not here any more; there is nothing left to do for it."
  )
}
