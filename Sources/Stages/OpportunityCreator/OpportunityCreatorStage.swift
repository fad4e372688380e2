package import Belt
package import BeltStorage
package import Leads
package import Postgres

/// Makes at most one opportunity of each event: by the first trigger that matches, for one owner.
///
/// Where the CRM lives in our own database, its writes join the transaction that decides. Any other is
/// called after the intent is committed: first for the company and the contact, then for the opportunity
/// that refers to them.
package struct OpportunityCreatorStage: Stage {
  package static let flow = Flow.opportunityCreator
  package typealias Answer = Decision<OpportunityChange, OnceCall<OpportunityPlan>>

  private let crms: CRMs
  private let pool: PostgresPool
  private let length: Duration
  private let pause: Pause

  /// `length`, `pause`: of a batch's calls; see ``CallDesk``.
  package init(
    crms: CRMs,
    pool: PostgresPool,
    length: Duration = .seconds(20),
    pause: Pause = .real
  ) {
    self.crms = crms
    self.pool = pool
    self.length = length
    self.pause = pause
  }

  package func decide(_ item: Item<LeadCentralized>, _ known: inout OpportunityKnowledge)
    -> Answer
  {
    let crm: any CRM
    do {
      crm = try crms.crm(of: item.settings)
    } catch {
      return .reject(error.reason)
    }
    let key = item.key(item.input.event)
    let effect = known.effects[item.message.id]
    if effect?.isInHand == true { return .wait(.seconds(5), .inOtherHands) }
    if known.isBeingPut(for: key) { return .wait(.seconds(5), .recordOnItsWay) }
    if let planned = known.planned[key] { return .resumed(planned, at: crm, item, effect) }
    guard let subject = known.subjects[key] else { return .reject(.leadAbsent) }
    let decision = OpportunityDecision(
      for: subject,
      settings: item.settings,
      created: known.created[item.integration] ?? [:],
      rotations: &known.rotations[item.integration, default: [:]]
    )
    var change = OpportunityChange(of: item)
    change.ended = known.held.contains(key) ? key : nil
    func carriedOut(_ step: OpportunityStep, _ choice: OpportunityDecision.Choice) -> Answer {
      .carriedOut(step, choice, subject, at: crm, item, change, &known)
    }
    switch decision {
    case .create(let draft, let choice):
      return carriedOut(.create(PlannedOpportunity(draft, by: choice)), choice)
    case .revise(let open, let revision, let choice):
      return carriedOut(.revise(open.id, revision, choice.explanation(revising: open)), choice)
    case .recordsOnly(let choice):
      return carriedOut(.recordsOnly(choice.contact, choice.recordsOnlyExplanation), choice)
    case .hold(let reason):
      change.ended = nil
      change.hold = reason
      return .done(reason.held, writes: [change])
    case .wait(let reason): return .wait(.seconds(5), reason)
    case .none(let reason):
      // The tags of the opportunity that is open may have changed with this event.
      return .done(reason, follows: subject.open.isEmpty ? [] : [item.tagged], writes: [change])
    }
  }

  package func act(
    _ planned: [Planned<LeadCentralized, OnceCall<OpportunityPlan>>],
    since start: ContinuousClock.Instant
  ) async -> [Identifier: Acted<OpportunityFact>] {
    let calls = OpportunityCalls()
    let desk = CallDesk(calls, pool: pool, length: length, pause: pause)
    let endings = await desk.make(planned.map(\.plan), Lease(began: start))
    return planned.reduce(into: [:]) { acted, planned in
      let call = planned.plan
      acted[call.message.id] = endings[call.message.id]?.acted(
        call,
        subject: call.plan.step.subject,
        follows: call.follows(of: planned.item),
        facts: calls.facts(of: call)
      )
    }
  }
}
