import Belt
import BeltStorage
import Leads
import StrictJSON

/// An opportunity that is to exist in the CRM.
struct PlannedOpportunity: Sendable {
  let draft: OpportunityDraft
  let explanation: Reason
  /// The company and the contact that a CRM with people of its own is to hold first; it refers to them.
  var records: [RecordDraft]
  /// Where the CRM keeps it; nil until it has answered.
  var record: CRMRecord?

  init(
    _ draft: OpportunityDraft,
    _ explanation: Reason,
    records: [RecordDraft] = [],
    record: CRMRecord? = nil
  ) {
    self.draft = draft
    self.explanation = explanation
    self.records = records
    self.record = record
  }

  init(_ draft: OpportunityDraft, by choice: OpportunityDecision.Choice) {
    let words = draft.explanation(trigger: choice.triggerWords, notes: choice.notes)
    self.init(draft, words)
  }

  /// Kept with the intent.
  var json: JSON {
    guard !records.isEmpty, case .object(var members) = draft.json else { return draft.json }
    members["records"] = .array(records.map(\.json))
    return .object(members)
  }
}

/// A company or a contact at a CRM that is outside.
struct StoredRecord: Sendable {
  /// Nil when it has none yet.
  let record: CRMRecord?
  let owner: String?
  /// Whether another worker is about to put it there: put by both, it would be there twice.
  let isBeingPut: Bool
}

/// One event with the choice that was made for it.
struct ChosenOpportunity: Sendable {
  let integration: String
  let event: Identifier
  let lead: Identifier
  let choice: OpportunityDecision.Choice
  /// Nil when no new opportunity is made.
  let planned: PlannedOpportunity?

  init(
    _ item: Item<LeadCentralized>,
    _ choice: OpportunityDecision.Choice,
    _ planned: PlannedOpportunity?
  ) {
    integration = item.integration
    event = item.input.event
    lead = item.input.lead
    self.choice = choice
    self.planned = planned
  }
}

/// What is known about the events of a batch; grows as the batch is decided.
package struct OpportunityKnowledge: Sendable {
  private(set) var subjects: [IntegrationKey: OpportunitySubject]
  /// Opportunities that an earlier attempt planned, by event.
  private(set) var planned: [IntegrationKey: PlannedOpportunity]
  /// Events that wait, or waited until now.
  let held: Set<IntegrationKey>
  /// By integration and group.
  var rotations: [String: [String: OwnerRotation]]
  private let stored: [String: [String: OwnerRotation]]
  /// Options that leads have added to the CRM's lists.
  var created: [String: [FieldName: Set<String>]]
  /// What earlier attempts at these messages intended, at a CRM that is outside.
  var effects: [Identifier: Effects.Found] = [:]
  /// How companies and contacts stand at a CRM that is outside.
  private(set) var records: [IntegrationKey: StoredRecord] = [:]

  init(
    subjects: [IntegrationKey: OpportunitySubject],
    planned: [IntegrationKey: PlannedOpportunity],
    held: Set<IntegrationKey>,
    rotations: [String: [String: OwnerRotation]],
    created: [String: [FieldName: Set<String>]]
  ) {
    self.subjects = subjects
    self.planned = planned
    self.held = held
    self.rotations = rotations
    stored = rotations
    self.created = created
  }

  /// The companies and contacts that an event's opportunity refers to.
  func referred(by event: IntegrationKey) -> [IntegrationKey] {
    let planned = planned[event]?.records.map(\.id)
    let subject = subjects[event].map { [$0.company, $0.contact].compactMap(\.self) }
    return (planned ?? subject ?? []).map { IntegrationKey(event.integration, $0) }
  }

  /// Whether another worker is putting one of them into the CRM.
  func isBeingPut(for event: IntegrationKey) -> Bool {
    referred(by: event).contains { records[$0]?.isBeingPut == true }
  }

  /// What was read of them when nobody else could begin to put them any more.
  mutating func learn(_ records: [IntegrationKey: StoredRecord]) {
    self.records = records
    for (key, subject) in subjects {
      if let contact = records[IntegrationKey(key.integration, subject.contact)] {
        subjects[key]?.contactRecord = contact.record
        subjects[key]?.contactOwner = contact.owner
      }
      if let company = subject.company.flatMap({ records[IntegrationKey(key.integration, $0)] }) {
        subjects[key]?.companyRecord = company.record
        subjects[key]?.companyOwner = company.owner
      }
    }
    for (key, planned) in planned {
      for (place, draft) in planned.records.enumerated() {
        guard let stored = records[IntegrationKey(key.integration, draft.id)] else { continue }
        self.planned[key]?.records[place].record = stored.record
      }
    }
  }

  /// The rotations from which the batch has drawn.
  var movedRotations: [MovedRotation] {
    rotations.flatMap { integration, rotations in
      rotations.compactMap { group, rotation in
        let before = stored[integration]?[group]
        guard before != rotation else { return nil }
        return MovedRotation(
          integration: integration,
          group: group,
          rotation: rotation,
          isNew: before == nil
        )
      }
    }
  }

  /// What later events of the batch should know of an earlier one's choice.
  mutating func learn(_ chosen: ChosenOpportunity) {
    let integration = chosen.integration
    let choice = chosen.choice
    for (field, options) in choice.plan.newOptions {
      created[integration, default: [:]][field, default: []].formUnion(options)
    }
    for (key, subject) in subjects where key.integration == integration && key.id != chosen.event {
      var subject = subject
      if subject.contact == choice.contact {
        subject.contactOwner = choice.owners.contact?.owner ?? subject.contactOwner
      }
      if let company = subject.company, company == choice.company {
        subject.companyOwner = choice.owners.company?.owner ?? subject.companyOwner
      }
      if let planned = chosen.planned, subject.leadID == chosen.lead {
        let open = OpenOpportunity(
          id: planned.draft.marker,
          record: planned.record,
          pipeline: planned.draft.pipeline
        )
        subject.open.insert(open, at: 0)
      }
      subjects[key] = subject
    }
  }
}
