private import Belt

extension Rehearsal {
  /// One stage's part, as sentences.
  package struct Paragraph: Sendable, Hashable {
    package let stage: Flow
    package let sentences: [String]
  }

  /// What would happen and why, stage by stage.
  ///
  /// Holds personal data: it is for the operator's eyes.
  package var paragraphs: [Paragraph] {
    Flow.allCases.compactMap { stage in
      sentences(of: stage).map { Paragraph(stage: stage, sentences: $0) }
    }
  }

  /// Nil where nothing of it happens there.
  private func sentences(of stage: Flow) -> [String]? {
    switch stage {
    case .leadImporter: event.notes + importing(rules)
    case .centralizer: entered?.centralizing
    case .opportunityCreator: entered?.creating
    case .rdUpdater: entered?.telling.map { [$0.sentence] }
    case .tagSync: nil
    }
  }

  /// The end of it, in a sentence that begins with the outcome.
  package var conclusion: String {
    switch outcome {
    case .created: "Accepted: \(reason.sentence)"
    case .revised: "Accepted: \(reason.sentence)"
    case .records: "Accepted: \(reason.sentence)"
    case .held: "Held: \(reason.sentence) The lead waits until the settings change."
    case .ignored: "Refused: \(reason.sentence) Nothing is created, and RD Station is told nothing."
    case .duplicate: "Known: \(reason.sentence)"
    case .none: "No opportunity: \(reason.sentence)"
    }
  }

  private func importing(_ rules: [RuleVerdict]) -> [String] {
    let sentences = rules.map { verdict in
      switch verdict.result {
      case .off: "Rule \(verdict.rule) is off."
      case .notConcerned: "Rule \(verdict.rule) does not concern this event."
      case .passed: "Rule \(verdict.rule) lets it in."
      case .refused(let reason): "Rule \(verdict.rule) refuses it: \(reason.sentence)"
      }
    }
    guard case .accept(let first) = importing else { return sentences }
    return sentences + ["The lead is imported \(first ? "for the first time" : "again")."]
  }
}

extension Rehearsal.Entered {
  fileprivate var centralizing: [String] {
    var sentences = (keys.person + keys.company).map { "Key \($0.kind.word): \($0.value)." }
    if sentences.isEmpty { sentences = ["The lead has no key, so its contact is its own."] }
    return sentences + [central.explanation]
  }

  fileprivate var creating: [String] {
    var sentences = triggers.map { verdict in
      let name = "Trigger \(verdict.place) (\(verdict.words))"
      if let mismatch = verdict.mismatch { return "\(name) does not match: \(mismatch)." }
      return verdict.decides
        ? "\(name) matches and decides." : "\(name) would match too, but comes later."
    }
    switch decision {
    case .create(let draft, let choice):
      sentences += choice.drawn + choice.plan.sentences
      if let rating = draft.rating { sentences.append("It is born with \(rating) stars.") }
      if !draft.tags.isEmpty { sentences.append("Tags: \(draft.tags.joined(separator: ", ")).") }
      let lines = draft.history.count == 1 ? "one line" : "\(draft.history.count) lines"
      sentences.append("It carries \(lines) of history.")
    case .revise(_, _, let choice), .recordsOnly(let choice):
      sentences += choice.drawn + choice.plan.sentences
    case .hold(let reason), .none(let reason), .wait(let reason):
      sentences.append(reason.sentence)
    }
    return sentences
  }
}

extension OpportunityDecision.Choice {
  fileprivate var drawn: [String] {
    let draws: [(RecordKind, RecordOwners.Draw?)] = [
      (.contact, owners.contact), (.company, company == nil ? nil : owners.company),
      (.opportunity, owners.opportunity),
    ]
    return draws.compactMap { record, draw in
      guard creates.contains(record), let draw else { return nil }
      guard let group = draw.group else {
        return "The \(record.rawValue) keeps its owner \(draw.owner)."
      }
      let among =
        group.members.count > 1
        ? ", drawn from \(group.name) (\(group.members.joined(separator: ", ")))" : ""
      let warning = group.warning.map { "; \($0)" } ?? ""
      return "The \(record.rawValue) goes to \(draw.owner)\(among)\(warning)."
    }
  }
}

extension FieldPlan {
  /// One sentence a row that has something to say.
  package var sentences: [String] {
    fields.compactMap { field in
      let name = "Field \(field.mapping.record.rawValue).\(field.mapping.crm)"
      let warning = field.warning.map { " Warning: \($0)." } ?? ""
      switch field.result {
      case .value(let values), .newOptions(_, let values):
        let source = field.mapping.rd.map { " from \($0)" } ?? ""
        let origin = field.usesDefault ? " by default" : source
        return "\(name) gets “\(values.joined(separator: ", "))”\(origin).\(warning)"
      case .nothing: return "\(name) stays empty: RD Station says nothing and there is no default."
      case .cleared: return "\(name) is emptied, as it was at RD Station."
      case .blank: return "\(name) stays empty.\(warning)"
      case .refused(let reason): return "\(name) refuses the lead: \(reason.sentence)"
      case .held(let reason): return "\(name) holds the lead: \(reason.sentence)"
      }
    }
  }
}

extension RDUpdateDecision {
  fileprivate var sentence: String {
    switch self {
    case .send(let update): "RD Station is told: \(update.words)."
    case .none(let reason), .refuse(let reason):
      "RD Station is told nothing: \(reason.sentence)"
    }
  }
}
