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
  /// It may have been created: it is looked for by its marker. `age`: since the call was in hand.
  case lookFor(PlannedOpportunity, age: Duration, reads: Int)
  /// It is created; what belongs to it is not all there.
  case finish(PlannedOpportunity, CRMRecord)

  /// The journey's line when it is done.
  var line: Line {
    switch self {
    case .create(let planned), .lookFor(let planned, _, _), .finish(let planned, _):
      Line(planned.explanation, subject: planned.draft.marker)
    case .revise(let subject, _, let reason), .recordsOnly(let subject, let reason):
      Line(reason, subject: subject)
    }
  }

  /// What follows then.
  func follows(of item: Item<LeadCentralized>) -> [Message] {
    switch self {
    case .create(let planned), .lookFor(let planned, _, _), .finish(let planned, _):
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
  /// Why the lead waits from now on.
  var hold: Reason?
  /// A lead that has waited, and waits no more.
  var ended: IntegrationKey?
  /// The record of an opportunity that an earlier commit planned.
  var resumed: CRMRecord?

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
  let generation: Int
}

/// What a CRM has answered, to be kept.
package enum OpportunityFact: Sendable {
  case record(RecordDraft, integration: String)
  case created(event: Identifier, CRMRecord, integration: String)
}

extension Decision<OpportunityChange, OpportunityPlan> {
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
      let plan = OpportunityPlan(crm: crm, step: step, records: records, generation: 1)
      return .act(plan, planned.map { .create($0, generation: 1) } ?? .standing, writes: [change])
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
      change.resumed = local.record(marked: planned.draft.marker)
      return .done([step.line], follows: step.follows(of: item), writes: [change])
    }
    let generation = (effect?.generation ?? 0) + 1
    func act(_ step: OpportunityStep, _ intent: Intent) -> Self {
      let records = planned.records
      return .act(
        OpportunityPlan(crm: crm, step: step, records: records, generation: generation),
        intent
      )
    }
    let takenOver = Intent.takenOver(generation: generation)
    if let record = planned.record { return act(.finish(planned, record), takenOver) }
    if effect?.isInHand == true { return .wait(.seconds(5), .inOtherHands) }
    guard let effect, effect.state != .failed else {
      return act(.create(planned), .create(planned, generation: generation))
    }
    if crm.traits.createsOnce { return act(.create(planned), takenOver) }
    let age = Duration.milliseconds(effect.age)
    return act(.lookFor(planned, age: age, reads: effect.reads), takenOver)
  }
}

extension Intent {
  fileprivate static func create(_ planned: PlannedOpportunity, generation: Int) -> Intent {
    .call(
      kind: "crm.opportunity.create",
      subject: planned.draft.marker,
      plan: [:],
      generation: generation
    )
  }
}
