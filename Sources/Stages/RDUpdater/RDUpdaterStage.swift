package import BeltStorage
package import Leads
package import Belt

/// Tells RD Station what became of its leads: marks, sales, losses, conversions, lifecycle stage.
package struct RDUpdaterStage: Stage {
  package static let flow = Flow.rdUpdater
  package static let looksOutside = true

  let database: LeadDatabase
  let crms: CRMs
  let desk: CallDesk<RDCalls>

  package init(database: LeadDatabase, crms: CRMs, desk: CallDesk<RDCalls>) {
    self.database = database
    self.crms = crms
    self.desk = desk
  }

  package func decide(_ item: Item<RDUpdaterInput>, _ known: inout RDUpdaterKnown) -> Decision<
    RDClaim, OnceCall<RDPlan>
  > {
    let message = item.message
    if case .unread(_, let outcome) = item.input { return .ended(outcome) }
    guard let people = known.people(of: item.taken) else {
      return .done(.unknownSubject(of: item.input))
    }
    let effect = known.effects[message.id]
    if effect?.isInHand == true { return .wait(.seconds(5), .inOtherHands) }
    let follows = item.taken.follows
    if let effect, let plan = known.resumed(effect, by: item.taken, people, follows) {
      return act(OnceCall(message, plan, after: effect, isHarmless: plan.update.events.isEmpty))
    }
    guard let change = known.change(by: item.taken) else {
      return .done(
        .nothingNew,
        subject: item.input.subject,
        follows: follows,
        writes: known.claim(item.taken)
      )
    }
    if known.waiting.contains(message.id) {
      return .wait(message.waitBeforeAnotherLook, .earlierChangeFirst)
    }
    switch RDUpdateDecision(
      for: change,
      people: people,
      updates: item.settings.rdUpdates,
      lossReasonField: item.settings.lossReasonField
    ) {
    // RD Station has not been told: a corrected value still can be.
    case .refuse(let reason): return .reject(reason, [Line(reason, subject: item.input.subject)])
    case .none(let reason):
      return .done(
        reason,
        subject: item.input.subject,
        follows: follows,
        writes: known.claim(item.taken)
      )
    case .send(let update):
      let plan = RDPlan(update, of: item.input.subject, people: people, follows: follows)
      return act(OnceCall(message, plan), writes: known.claim(item.taken))
    }
  }

  private func act(_ call: OnceCall<RDPlan>, writes claims: [RDClaim] = []) -> Decision<
    RDClaim, OnceCall<RDPlan>
  > {
    let plan = call.plan
    return .act(
      call,
      call.intent(kind: "rd.events", subject: plan.subject, plan: plan.update.json),
      writes: claims
    )
  }

  package func act(
    _ planned: [Planned<RDUpdaterInput, OnceCall<RDPlan>>],
    since start: ContinuousClock.Instant
  ) async -> [Identifier: Acted<Never>] {
    let endings = await desk.make(planned.map(\.plan), Lease(began: start))
    var acted: [Identifier: Acted<Never>] = [:]
    for call in planned.map(\.plan) {
      acted[call.message.id] = endings[call.message.id]?.acted(
        call,
        follows: call.plan.follows,
        subject: call.plan.subject
      )
    }
    return acted
  }
}

extension Reason {
  fileprivate static let nothingNew = Reason(
    "nothing_new",
    "RD Station has been told of this state of the record already."
  )

  /// The message of a change whose turn has not come.
  fileprivate static let earlierChangeFirst = Reason(
    "earlier_change_first",
    "RD Station is still being told of an earlier change of this opportunity."
  )

  fileprivate static func unknownSubject(of input: RDUpdaterInput) -> Reason {
    if case .contact = input {
      return Reason("contact_unknown", "The CRM spoke of a contact that is not from a lead.")
    }
    return Reason(
      "opportunity_unknown",
      "The CRM spoke of an opportunity that is not from a lead."
    )
  }
}
