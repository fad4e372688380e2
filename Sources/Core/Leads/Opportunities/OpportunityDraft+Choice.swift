import Belt

extension OpportunityDraft {
  /// What the choice makes of the lead.
  init(
    for subject: OpportunitySubject,
    by choice: OpportunityDecision.Choice,
    owner: String,
    settings: Settings
  ) {
    let creates = settings.records.create
    let scores = choice.trigger.qualificationFromScoring
    self.init(
      marker: Identifier(derivedFrom: "opportunity", subject.event.description),
      title: subject.lead.name?.nonBlank ?? subject.companyName?.nonBlank ?? subject.lead.called
        ?? "Lead \(subject.leadID)",
      contact: creates.contains(.contact) ? CRMRecord(id: "\(subject.contact)") : nil,
      company: creates.contains(.company) ? subject.company.map { CRMRecord(id: "\($0)") } : nil,
      pipeline: choice.trigger.pipeline,
      stage: choice.trigger.stage,
      owner: owner,
      rating: scores ? Self.rating(of: subject.lead.fitLetter) : nil,
      tags: settings.tags == .both || settings.tags == .toCRM ? subject.lead.tags ?? [] : [],
      fields: choice.plan.values(of: .opportunity).filter { !$0.values.isEmpty },
      history: subject.history
    )
  }

  /// The fixed table of R15, in stars.
  private static func rating(of letter: String?) -> Int {
    switch letter {
    case "A": 5
    case "B": 4
    case "C": 3
    case "D": 2
    default: 1
    }
  }
}
