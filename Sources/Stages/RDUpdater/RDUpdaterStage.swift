package import BeltStorage
package import Leads
package import Postgres
package import Belt

/// Tells RD Station what became of its leads: marks, sales, losses, conversions, lifecycle stage.
package struct RDUpdaterStage: Stage {
  package static let flow = Flow.rdUpdater
  package static let looksOutside = true

  let pool: PostgresPool
  let crms: CRMs
  let desk: CallDesk<RDCalls>

  package init(pool: PostgresPool, crms: CRMs, desk: CallDesk<RDCalls>) {
    self.pool = pool
    self.crms = crms
    self.desk = desk
  }

  package func decide(_ item: Item<RDUpdaterInput>, _ known: inout RDUpdaterKnown) -> Decision<
    RDClaim, OnceCall<RDPlan>
  > {
    let message = item.message
    guard let subject = item.input.subject else { return hook(item, known) }
    if case .unread(_, let outcome) = item.input { return .ended(outcome) }
    let key = item.key(subject)
    guard let people = known.people(of: item.input, key) else {
      return .done(.unknownSubject(of: item.input))
    }
    let effect = known.effects[message.id]
    if effect?.isInHand == true { return .wait(.seconds(5), .inOtherHands) }
    if let effect, let plan = known.resumed(effect, key, people) {
      return act(
        OnceCall(
          message,
          plan,
          after: effect,
          repeated: plan.update.events.isEmpty ? .isHarmless : .harms
        )
      )
    }
    guard let change = known.change(by: item.input, key) else {
      return .done(.nothingNew, subject: subject, writes: known.claim(item.input, key))
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
    case .refuse(let reason): return .reject(reason, [Line(reason, subject: subject)])
    case .none(let reason):
      return .done(reason, subject: subject, writes: known.claim(item.input, key))
    case .send(let update):
      let call = OnceCall(message, RDPlan(update, of: subject, people: people))
      return act(call, writes: known.claim(item.input, key))
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
      let message = call.message
      acted[message.id] = endings[message.id]?.acted(call, subject: call.plan.subject)
      if case .done? = acted[message.id]?.outcome {
        let follows = Self.follows(of: message, about: call.plan.subject)
        acted[message.id]?.outcome = .done(follows: follows)
      }
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
    return .opportunityUnknown
  }
}
