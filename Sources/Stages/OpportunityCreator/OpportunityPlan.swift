package import Belt
import BeltStorage
package import Leads
import StrictJSON

/// What a CRM is to do for one event.
enum OpportunityStep: Sendable {
  case create(PlannedOpportunity)
  case revise(Identifier, OpportunityRevision, Reason)
  /// Contact and company, no opportunity.
  case recordsOnly(Identifier, Reason)

  /// The journey's line when it is done, and the record that it speaks of.
  var explanation: Reason {
    switch self {
    case .create(let planned): planned.explanation
    case .revise(_, _, let reason), .recordsOnly(_, let reason): reason
    }
  }

  var subject: Identifier {
    switch self {
    case .create(let planned): planned.draft.marker
    case .revise(let subject, _, _), .recordsOnly(let subject, _): subject
    }
  }

  /// Of the intent.
  fileprivate var kind: String {
    switch self {
    case .create: "crm.opportunity.create"
    case .revise: "crm.opportunity.revise"
    case .recordsOnly: "crm.records.put"
    }
  }

  var line: Line { Line(explanation, subject: subject) }

  /// What follows then.
  func follows(of item: Item<LeadCentralized>) -> [Message] {
    switch self {
    case .create(let planned):
      let body = OpportunityCreated(opportunity: planned.draft.marker)
      return [
        item.message.following(to: .rdUpdater, body), item.message.following(to: .tagSync, body),
      ]
    case .revise(let opportunity, _, _):
      let body = OpportunityRevised(opportunity: opportunity, event: item.input.event)
      return [item.message.following(to: .rdUpdater, body), item.tagged]
    case .recordsOnly: return []
    }
  }
}

extension OnceCall<OpportunityPlan> {
  /// Of one that is known to be created since before this attempt, nobody may have heard the webhooks
  /// that came meanwhile: how it stands is read.
  func follows(of item: Item<LeadCentralized>) -> [Message] {
    let follows = plan.step.follows(of: item)
    guard case .create = plan.step, case .confirmed = progress else { return follows }
    let body = OpportunityChanged(opportunity: plan.step.subject, version: 0)
    return follows + Flow.afterOpportunity.map { item.message.following(to: $0, body) }
  }
}

extension LeadCentralized: StageInput {}

extension Item<LeadCentralized> {
  var tagged: Message { message.following(to: .tagSync, LeadTagged(lead: input.lead)) }
}

/// What one message changes in the transaction that decides it.
package struct OpportunityChange: Sendable {
  let message: Message
  let event: Identifier
  let version: Int
  var chosen: ChosenOpportunity?
  /// What joins the transaction, in a CRM that lives in our own database.
  var local: (crm: any ColocatedCRM, records: [RecordDraft], step: OpportunityStep)?
  /// What a CRM that is outside is to hold: whoever was drawn for a record stays its owner, however often
  /// it is tried.
  ///
  /// `before`: the owner when it was drawn.
  var owned: [(draft: RecordDraft, before: String?)] = []
  /// Why the lead waits from now on.
  var hold: Reason?
  /// A lead that has waited, and waits no more.
  var ended: IntegrationKey?
  /// The record of an opportunity that an earlier commit planned.
  var resumed: (marker: Identifier, record: CRMRecord)?

  init(of item: Item<LeadCentralized>) {
    message = item.message
    event = item.input.event
    version = item.version
  }
}

/// What is still to be done for one event at a CRM that is outside.
package struct OpportunityPlan: Sendable {
  let crm: any CRM
  let step: OpportunityStep
  /// To be in the CRM first.
  let records: [RecordDraft]
}

/// What a CRM has answered, to be kept.
package enum OpportunityFact: Sendable {
  case record(RecordDraft, integration: String)
  case created(Identifier, CRMRecord, integration: String)
}

extension Decision<OpportunityChange, OnceCall<OpportunityPlan>> {
  /// In the transaction that decides, or planned for after it.
  static func carriedOut(
    _ step: OpportunityStep,
    _ choice: OpportunityDecision.Choice,
    _ subject: OpportunitySubject,
    at crm: any CRM,
    _ item: Item<LeadCentralized>,
    _ change: OpportunityChange,
    _ known: inout OpportunityKnowledge
  ) -> Self {
    var change = change
    let records = choice.records(of: subject, in: item.settings)
    let local = crm as? any ColocatedCRM
    var planned: PlannedOpportunity?
    if case .create(let new) = step {
      planned = new
      planned?.record = local?.record(marked: new.draft.marker)
      planned?.records = local == nil ? records : []
    }
    let chosen = ChosenOpportunity(item, choice, planned)
    known.learn(chosen)
    change.chosen = chosen
    guard let local else {
      change.owned = records.map { ($0, known.records[item.key($0.id)]?.owner) }
      let plan = OpportunityPlan(crm: crm, step: step, records: records)
      // An earlier attempt may have decided otherwise; what it did is done again without harm.
      let earlier = known.effects[item.message.id]
      let call = OnceCall(item.message, plan, after: earlier, repeated: .startsOver)
      return .act(call, writes: [change])
    }
    change.local = (local, records, step)
    return .done([step.line], follows: step.follows(of: item), writes: [change])
  }

  /// An earlier attempt planned the opportunity, and may have created it.
  static func resumed(
    _ planned: PlannedOpportunity,
    at crm: any CRM,
    _ item: Item<LeadCentralized>,
    _ effect: Effects.Found?
  ) -> Self {
    if let local = crm as? any ColocatedCRM {
      // Planned by the version before, which kept an intent for it.
      let step = OpportunityStep.create(planned)
      var change = OpportunityChange(of: item)
      change.local = (local, [], step)
      let marker = planned.draft.marker
      change.resumed = (marker, local.record(marked: marker))
      return .done([step.line], follows: step.follows(of: item), writes: [change])
    }
    let plan = OpportunityPlan(crm: crm, step: .create(planned), records: planned.records)
    return .act(
      OnceCall(
        item.message,
        plan,
        after: effect,
        repeated: crm.traits.createsOnce ? .answersAlike : .harms
      )
    )
  }

  private static func act(
    _ call: OnceCall<OpportunityPlan>,
    writes changes: [OpportunityChange] = []
  ) -> Self {
    let step = call.plan.step
    let puts = call.plan.records.filter { $0.record == nil }.map { JSON.string("\($0.id)") }
    let intent = call.intent(
      kind: step.kind,
      subject: step.subject,
      plan: ["begun": false, "puts": .array(puts)]
    )
    return .act(call, intent, writes: changes)
  }
}

extension Reason {
  static let recordOnItsWay = Reason(
    "record_on_its_way",
    "The lead's company or contact is just being put into the CRM for another lead."
  )
}
