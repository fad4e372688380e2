package import Belt

/// Whether one event makes an opportunity, and which.
package enum OpportunityDecision: Sendable, Hashable {
  case create(OpportunityDraft, Choice)
  /// The lead's open opportunity is brought up to date instead.
  case revise(OpenOpportunity, OpportunityRevision, Choice)
  /// The settings make contacts or companies only (B083).
  case recordsOnly(Choice)
  /// The lead waits until the settings change.
  case hold(Reason)
  /// To be decided again in a few seconds.
  case wait(Reason)
  /// The event makes none; the reason is the answer to "why?".
  case none(Reason)

  /// What the trigger that decided leads to.
  package struct Choice: Sendable, Hashable {
    /// From 1, in order of priority.
    package let place: Int
    package let trigger: Trigger
    package let owners: RecordOwners
    package let plan: FieldPlan
    package let contact: Identifier
    package let company: Identifier?
    /// What the settings let the CRM hold.
    package let creates: Set<RecordKind>
  }

  /// Decides by the settings of the event's integration; the cursor of the drawn group moves on, but
  /// not for an event that makes nothing.
  ///
  /// `created`: the options that earlier leads made in the CRM's lists.
  package init(
    for subject: OpportunitySubject,
    settings: Settings,
    created: [FieldName: Set<String>] = [:],
    rotations: inout [String: OwnerRotation]
  ) {
    guard let (place, trigger) = settings.trigger(for: subject.kind, identifier: subject.identifier)
    else {
      self = .none(
        Reason(
          "no_trigger_matched",
          "None of the \(settings.triggers.count) triggers starts with this event."
        )
      )
      return
    }
    if let reason = Self.suppression(of: subject, by: trigger, settings) {
      self = .none(reason)
      return
    }
    let plan = FieldPlan(of: subject.lead, in: settings, created: created)
    if let reason = plan.refusal {
      self = .none(reason)
      return
    }
    if let reason = plan.hold {
      self = .hold(reason)
      return
    }
    var generator = SeededGenerator(subject.event)
    var drawn = rotations
    let owners = RecordOwners(
      trigger: trigger,
      settings: settings,
      leadOwner: subject.lead.ownerEmail,
      contactOwner: subject.contactOwner,
      companyOwner: subject.companyOwner,
      rotations: &drawn,
      using: &generator
    )
    guard let owner = owners.opportunity?.owner else {
      self = .hold(
        Reason(
          "owner_missing",
          "The group of trigger \(place) (\(trigger.words)) has no member, and there is no default user."
        )
      )
      return
    }
    let choice = Choice(
      place: place,
      trigger: trigger,
      owners: owners,
      plan: plan,
      contact: subject.contact,
      company: subject.company,
      creates: settings.records.create
    )
    guard settings.records.create.contains(.opportunity) else {
      rotations = drawn
      self = .recordsOnly(choice)
      return
    }
    if let open = Self.reused(by: trigger, subject) {
      guard let record = open.record else {
        self = .wait(
          Reason("open_deal_on_its_way", "The lead's open opportunity is not in the CRM yet.")
        )
        return
      }
      let fields = plan.values(of: .opportunity)
      self = .revise(
        open,
        OpportunityRevision(record: record, fields: fields, history: subject.history),
        choice
      )
      return
    }
    rotations = drawn
    self = .create(
      OpportunityDraft(for: subject, by: choice, owner: owner, settings: settings),
      choice
    )
  }

  /// The open opportunity that the event brings up to date.
  private static func reused(by trigger: Trigger, _ subject: OpportunitySubject)
    -> OpenOpportunity?
  {
    guard trigger.onRepeat == .reuseOpen else { return nil }
    return subject.open.first { $0.pipeline == trigger.pipeline }
  }

  /// Why an open opportunity keeps the lead from another one (R08, R10).
  private static func suppression(
    of subject: OpportunitySubject,
    by trigger: Trigger,
    _ settings: Settings
  ) -> Reason? {
    guard !subject.open.isEmpty, Self.reused(by: trigger, subject) == nil else { return nil }
    if settings.oneOpenDealPerLead {
      return Reason(
        "open_deal_exists",
        "The lead has an open opportunity, and the settings allow one at a time."
      )
    }
    guard trigger.onRepeat == .onlyIfClosed else { return nil }
    return Reason(
      "last_deal_open",
      "The lead's last opportunity is open, and the trigger makes another only when it is closed."
    )
  }
}

extension OpportunityDraft {
  fileprivate init(
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
