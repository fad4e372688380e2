package import Belt

/// What the belt would do with one event of one lead, decided by the same rules and without any effect.
package struct Rehearsal: Sendable, Hashable {
  package let event: LeadEvent
  /// What every import rule says.
  package let rules: [RuleVerdict]
  package let importing: ImportDecision
  /// What happens to an event that enters; nil for one that does not.
  package let entered: Entered?

  package struct Entered: Sendable, Hashable {
    package let keys: LeadKeys
    package let central: CentralDecision
    package let triggers: [TriggerVerdict]
    package let decision: OpportunityDecision
    /// What RD Station would be told; nil when no opportunity is made or brought up to date.
    package let telling: RDUpdateDecision?
  }

  /// How the event ends.
  package enum Outcome: String, Sendable, CaseIterable {
    /// An opportunity is made, or the open one is brought up to date, or records without one.
    case created, revised, records
    /// The lead waits until the settings change.
    case held
    /// A rule keeps the event out.
    case ignored
    case duplicate
    /// The lead enters, and no opportunity is made of this event.
    case none
  }

  package var outcome: Outcome {
    guard let entered else {
      switch importing {
      case .duplicate, .renew: return .duplicate
      case .accept, .ignore, .hear, .putAside: return .ignored
      }
    }
    switch entered.decision {
    case .create: return .created
    case .revise: return .revised
    case .recordsOnly: return .records
    case .hold: return .held
    case .none, .wait: return .none
    }
  }

  /// Why it ends so, in one sentence.
  package var reason: Reason {
    switch importing {
    case .ignore(let reason), .putAside(let reason): return reason
    case .duplicate:
      return Reason("duplicate", "This event was delivered before; nothing is done a second time.")
    case .renew(let fields): return .renewed(fields)
    case .hear(let reason, let fields): return .heard(reason, fields)
    case .accept: break
    }
    switch entered?.decision {
    case .create(let draft, let choice)?:
      return draft.explanation(trigger: choice.triggerWords, notes: choice.notes)
    case .revise(let open, _, let choice)?: return choice.explanation(revising: open)
    case .recordsOnly(let choice)?: return choice.recordsOnlyExplanation
    case .hold(let reason)?, .wait(let reason)?, .none(let reason)?: return reason
    case nil: return Reason("not_entered", "The event does not enter.")
    }
  }
}

/// What one trigger says of one event.
package struct TriggerVerdict: Sendable, Hashable {
  /// From 1, in order of priority.
  package let place: Int
  package let words: String
  /// Why the event does not start it; nil when it does.
  package let mismatch: String?
  /// The first that the event starts.
  package let decides: Bool
}

extension Settings {
  /// What every trigger says of an event (B036–B038).
  package func triggerVerdicts(_ kind: LeadEvent.Kind, identifier: String?) -> [TriggerVerdict] {
    let chosen = trigger(for: kind, identifier: identifier)?.place
    return triggers.enumerated().map { index, trigger in
      TriggerVerdict(
        place: index + 1,
        words: trigger.words,
        mismatch: trigger.mismatch(kind, identifier: identifier),
        decides: index + 1 == chosen
      )
    }
  }
}

extension Reason {
  /// What a known event says anew of the person.
  package static func renewed(_ fields: [String]) -> Reason {
    Reason(
      "lead_renewed",
      "This event was delivered before, so no opportunity is made of it a second time. "
        + takenIn(fields)
    )
  }

  /// What an event that is none says anew of the person.
  package static func heard(_ reason: Reason, _ fields: [String]) -> Reason {
    Reason(reason.code, "\(reason.sentence) \(takenIn(fields))")
  }

  private static func takenIn(_ fields: [String]) -> String {
    let names = fields.prefix(20).map { String($0.prefix(60)) }.joined(separator: ", ")
    let more = fields.count > 20 ? " and \(fields.count - 20) more" : ""
    return
      "What it says of the person is newer and was taken in: \(names)\(more). The CRM's contact "
      + "gets it with the lead's next event."
  }
}
