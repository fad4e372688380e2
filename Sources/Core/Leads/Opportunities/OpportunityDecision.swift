private import StrictJSON
package import Workers

/// What the opportunity creator knows of one event.
package struct OpportunitySubject: Sendable, Hashable {
  package var event: Identifier
  package var kind: LeadEvent.Kind
  package var identifier: String?
  package var lead: LeadProfile
  package var leadID: Identifier
  package var contact: Identifier
  package var company: Identifier?
  package var companyName: String?
  /// The lead's events so far, oldest first, this one included (B061).
  package var history: [HistoryItem]
  /// Opportunities of this lead that are still open in the CRM.
  package var openOpportunities: Int

  package init(
    event: Identifier,
    kind: LeadEvent.Kind,
    identifier: String?,
    lead: LeadProfile,
    leadID: Identifier,
    contact: Identifier,
    company: Identifier?,
    companyName: String?,
    history: [HistoryItem],
    openOpportunities: Int
  ) {
    self.event = event
    self.kind = kind
    self.identifier = identifier
    self.lead = lead
    self.leadID = leadID
    self.contact = contact
    self.company = company
    self.companyName = companyName
    self.history = history
    self.openOpportunities = openOpportunities
  }
}

/// One line of the lead's history at RD Station, with identifier and origin (B061).
package struct HistoryItem: Sendable, Hashable {
  package var kind: LeadEvent.Kind
  package var identifier: String?
  package var origin: String?
  package var at: Timestamp?

  package init(kind: LeadEvent.Kind, identifier: String?, origin: String?, at: Timestamp?) {
    self.kind = kind
    self.identifier = identifier
    self.origin = origin
    self.at = at
  }
}

/// Whether one event makes an opportunity, and which.
package enum OpportunityDecision: Sendable, Hashable {
  case create(OpportunityDraft, trigger: Int, words: String)
  /// The event makes none; the reason is the answer to "why?".
  case none(Reason)

  /// Decides by the settings of the event's integration; the cursor of the drawn group moves on.
  package init(
    for subject: OpportunitySubject,
    settings: Settings,
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
    if settings.oneOpenDealPerLead, subject.openOpportunities > 0 {
      self = .none(
        Reason(
          "open_deal_exists",
          "The lead has an open opportunity, and the settings allow one at a time."
        )
      )
      return
    }
    let group = OwnerGroup(
      trigger.owner,
      leadOwner: subject.lead.ownerEmail,
      catalogue: settings.catalogue
    )
    var generator = SeededGenerator(subject.event)
    var rotation = rotations[group.name] ?? OwnerRotation()
    let owner =
      rotation.draw(from: group.members, using: &generator) ?? settings.catalogue.defaultUser
    rotations[group.name] = rotation
    guard let owner else {
      self = .none(
        Reason(
          "owner_missing",
          "The trigger's group \(group.name) has no member, and there is no default user."
        )
      )
      return
    }
    let rating = trigger.qualificationFromScoring ? Self.rating(of: subject.lead.fitLetter) : nil
    let draft = OpportunityDraft(
      marker: Identifier(derivedFrom: "opportunity", subject.event.description),
      title: subject.lead.name ?? subject.companyName ?? "Lead \(subject.leadID)",
      contact: subject.contact,
      company: subject.company,
      pipeline: trigger.pipeline,
      stage: trigger.stage,
      owner: owner,
      rating: rating,
      tags: settings.tags == .both || settings.tags == .toCRM ? subject.lead.tags ?? [] : [],
      fields: Self.fields(of: subject.lead, settings.fields),
      history: subject.history
    )
    self = .create(draft, trigger: place, words: trigger.words)
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

  /// RD's value, else the row's default (R21).
  private static func fields(of lead: LeadProfile, _ mappings: [FieldMapping]) -> [FieldValue] {
    mappings.compactMap { mapping in
      guard let value = mapping.rd.flatMap({ lead.field($0) }) ?? mapping.fallback else {
        return nil
      }
      return FieldValue(name: mapping.crm, value: value)
    }
  }
}
