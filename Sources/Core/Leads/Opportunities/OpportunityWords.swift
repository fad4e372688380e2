package import Belt

extension OpportunityDraft {
  /// The journey's line for it; `trigger` begins the sentence.
  package func explanation(trigger: String, notes: String = "") -> Reason {
    Reason(
      "opportunity_created",
      "\(trigger) made an opportunity in “\(pipeline)”, stage “\(stage)”, for \(owner)\(notes)."
    )
  }
}

extension OpportunityDecision.Choice {
  /// Such as `Trigger 2 (any conversion)`.
  package var triggerWords: String { "Trigger \(place) (\(trigger.words))" }

  /// What a person should know besides, as the end of a sentence: the draw, and what was odd.
  package var notes: String {
    var notes = ""
    if let group = owners.opportunity?.group, group.members.count > 1 {
      notes += ", drawn among \(group.members.count) of \(group.name)"
    }
    let warnings = [owners.opportunity?.group?.warning].compactMap(\.self) + plan.warnings
    if !warnings.isEmpty { notes += ". Warning: \(warnings.joined(separator: "; "))" }
    return notes
  }

  package func explanation(revising open: OpenOpportunity) -> Reason {
    let warnings = plan.warnings
    let end = warnings.isEmpty ? "" : ". Warning: \(warnings.joined(separator: "; "))"
    return Reason(
      "opportunity_revised",
      "\(triggerWords) brought the open opportunity \(open.id) in “\(open.pipeline)” up to date\(end)."
    )
  }

  package var recordsOnlyExplanation: Reason {
    let made = RecordKind.allCases.filter(creates.contains).map(\.rawValue)
    return Reason(
      "records_only",
      "\(triggerWords) matched; the settings create \(made.joined(separator: " and ")), no opportunity."
    )
  }
}

extension Reason {
  /// The journey's line for a lead that waits.
  package var held: Reason {
    Reason(code, "\(sentence) The lead waits until the settings change.")
  }

  static let openDealOnItsWay = Reason(
    "open_deal_on_its_way",
    "The lead's open opportunity is not in the CRM yet."
  )

  static func noTriggerMatched(of count: Int) -> Reason {
    Reason("no_trigger_matched", "None of the \(count) triggers starts with this event.")
  }

  static func ownerMissing(_ place: Int, _ trigger: Trigger) -> Reason {
    Reason(
      "owner_missing",
      "The group of trigger \(place) (\(trigger.words)) has no member, and there is no default user."
    )
  }
}
