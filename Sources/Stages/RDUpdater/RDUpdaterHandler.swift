package import BeltStorage
package import Leads
import StrictJSON
package import Belt

/// Tells RD Station what became of its leads: marks, sales, losses, conversions, lifecycle stage.
package struct RDUpdaterHandler: Handler {
  let database: LeadDatabase
  let crms: CRMs
  let desk: RDDesk

  package init(database: LeadDatabase, crms: CRMs, desk: RDDesk) {
    self.database = database
    self.crms = crms
    self.desk = desk
  }

  package func handle(_ batch: [Message]) async throws -> [Outcome] {
    let inbox = try await RDUpdaterInbox(reading: batch, database: database, crms: crms)
    let requests = inbox.requests
    let lease = Lease()
    var (outcomes, planned) = try await database.plan(
      .rdUpdater,
      requests.map(\.message),
      loading: RDUpdateStore.loading(requests)
    ) { _, unit in
      try plan(requests, unit)
    }
    outcomes.merge(inbox.refused) { settled, _ in settled }
    if !inbox.hooks.isEmpty {
      let hooks = CRMHooks(database: database, crms: crms)
      outcomes.merge(try await hooks.outcomes(of: inbox.hooks)) { settled, _ in settled }
    }
    if !planned.isEmpty {
      try await outcomes.merge(tell(planned, lease)) { _, told in told }
    }
    return batch.answers(from: outcomes)
  }

  private func plan(_ requests: [RDUpdateStore.Request], _ unit: Unit) throws
    -> StageWork<RDPlan>
  {
    var known = try RDUpdateStore.knowledge(in: unit.rows)
    // A message that lies in the batch twice is handled once.
    var fresh = Set(unit.fresh.map(\.id))
    var work = StageWork<RDPlan>()
    var intents: [Effects.Intent] = []
    var takenOver: [(message: Message, generation: Int)] = []
    var claims = RDUpdateStore.Claims()
    for request in requests where fresh.remove(request.message.id) != nil {
      let message = request.message
      guard let people = known.people(of: request) else {
        work.settled.append(.done(message, .unknownSubject(of: request)))
        continue
      }
      if known.effects[message.id]?.isInHand == true {
        work.settled.append(Settled(message, .snooze(.seconds(5), .inOtherHands), journey: []))
        continue
      }
      if let plan = known.resumed(request, people: people) {
        if case .toSend = plan.progress {
          intents.append(request.intent(plan))
        } else {
          takenOver.append((message, plan.generation))
        }
        work.planned.append((message, plan))
        continue
      }
      let change = known.change(by: request)
      if change != nil, known.waiting.contains(message.id) {
        work.settled.append(
          Settled(
            message,
            .snooze(message.waitBeforeAnotherLook, .earlierChangeFirst),
            journey: []
          )
        )
        continue
      }
      switch RDUpdateDecision(
        for: change,
        people: people,
        unit.settings(of: message)
      ) {
      case .none(let reason):
        work.settled.append(
          .done(
            message,
            follows: request.follows,
            reason,
            subject: request.subject,
            configVersion: unit.settings[message.integration]?.version
          )
        )
      case .send(let update):
        let plan = RDPlan(
          update,
          of: request.subject,
          people: people,
          follows: request.follows
        )
        work.planned.append((message, plan))
        intents.append(request.intent(plan))
      case .refuse(let reason):
        // RD Station has not been told: a corrected value still can be.
        work.settled.append(.refused(message, reason, subject: request.subject))
        continue
      }
      known.claim(request, in: &claims)
    }
    if !intents.isEmpty { work.writes.append(Effects.sending(intents)) }
    work.writes += Effects.takingOver(takenOver)
    work.writes += RDUpdateStore.telling(claims)
    return work
  }

  /// Acts outside, then writes what became of it.
  private func tell(_ planned: [(message: Message, plan: RDPlan)], _ lease: Lease) async throws
    -> [Identifier: Outcome]
  {
    let results = await desk.tell(planned, lease)
    var endings: [LeadDatabase.Ending] = []
    var outcomes: [Identifier: Outcome] = [:]
    for (message, plan) in planned {
      guard let result = results[message.id] else { continue }
      let effect = result.state.map { state in
        Effects.Result(
          message: message,
          state: state,
          reason: result.reason.code,
          generation: plan.generation,
          reads: result.reads
        )
      }
      let outcome = result.outcome(of: message, follows: plan.follows)
      outcomes[message.id] = outcome
      let line = JourneyEntry(message.journey, result.told(of: message), subject: plan.subject)
      let settled = Settled(message, outcome, journey: result.isNews(to: message) ? [line] : [])
      endings.append((settled, effect))
    }
    for id in try await database.record(.rdUpdater, endings) {
      outcomes[id] = .snooze(.seconds(5), .inOtherHands)
    }
    return outcomes
  }
}

extension RDUpdateDecision {
  /// No change means that RD Station has been told of it.
  fileprivate init(for change: Change?, people: [RDPerson], _ settings: Settings) {
    guard let change else {
      self = .none(
        Reason("nothing_new", "RD Station has been told of this state of the record already.")
      )
      return
    }
    self.init(
      for: change,
      people: people,
      updates: settings.rdUpdates,
      lossReasonField: settings.lossReasonField
    )
  }
}

extension RDUpdateStore.Request {
  fileprivate func intent(_ plan: RDPlan) -> Effects.Intent {
    Effects.Intent(
      message: message,
      kind: "rd.events",
      subject: subject,
      plan: plan.update.json,
      generation: plan.generation
    )
  }

  /// A change that came by the CRM's webhook also concerns the tags.
  var follows: [Message] {
    guard case .changed(let opportunity, let state) = topic, message.type == CRMHookReceived.type
    else { return [] }
    return [
      message.following(
        to: .tagSync,
        OpportunityChanged(opportunity: opportunity, version: state.version)
      )
    ]
  }
}

extension Settled {
  /// Given up, with the line that explains it.
  fileprivate static func refused(_ message: Message, _ reason: Reason, subject: Identifier)
    -> Settled
  {
    Settled(
      message,
      .reject(reason),
      journey: [JourneyEntry(message.journey, reason, subject: subject)]
    )
  }
}

extension Reason {
  fileprivate static func unknownSubject(of request: RDUpdateStore.Request) -> Reason {
    if case .contact = request.topic {
      return Reason("contact_unknown", "The CRM spoke of a contact that is not from a lead.")
    }
    return .opportunityUnknown
  }
}
