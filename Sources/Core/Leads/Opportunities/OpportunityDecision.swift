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
      self = .none(.noTriggerMatched(of: settings.triggers.count))
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
    guard let owner = (owners.opportunity ?? owners.contact)?.owner else {
      self = .hold(.ownerMissing(place, trigger))
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
        self = .wait(.openDealOnItsWay)
        return
      }
      let fields = plan.values(of: .opportunity)
      let revision = OpportunityRevision(record: record, fields: fields, history: subject.history)
      self = .revise(open, revision, choice)
      return
    }
    rotations = drawn
    self = .create(
      OpportunityDraft(for: subject, by: choice, owner: owner, settings: settings),
      choice
    )
  }
}
