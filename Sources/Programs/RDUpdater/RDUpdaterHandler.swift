import LeadStorage
import Leads
import StrictJSON
import Workers

/// Tells RD Station what became of its leads: marks, sales, losses, conversions, lifecycle stage.
struct RDUpdaterHandler: Handler {
  let database: LeadDatabase
  let crms: CRMs
  let desk: RDDesk

  func handle(_ batch: [Message]) async throws -> [Outcome] {
    let inbox = try await RDUpdaterInbox(reading: batch, database: database, crms: crms)
    let requests = inbox.requests
    var (outcomes, planned) = try await database.plan(
      .rdUpdater,
      requests.map(\.message),
      loading: RDUpdateStore.loading(requests)
    ) { _, unit in
      try plan(requests, unit)
    }
    outcomes.merge(inbox.refused) { settled, _ in settled }
    if !planned.isEmpty {
      try await outcomes.merge(tell(planned)) { _, told in told }
    }
    return batch.answers(from: outcomes)
  }

  private func plan(_ requests: [RDUpdateStore.Request], _ unit: Unit) throws
    -> StageWork<RDDesk.Plan>
  {
    var subjects = try RDUpdateStore.subjects(in: unit.rows)
    let effects = try RDUpdateStore.effects(in: unit.rows)
    let fresh = Set(unit.fresh.map(\.id))
    var work = StageWork<RDDesk.Plan>()
    var intents: [Effects.Intent] = []
    var told: [(message: Message, opportunity: Identifier, state: OpportunityState)] = []
    for request in requests where fresh.contains(request.message.id) {
      let key = IntegrationKey(request.message.integration, request.opportunity)
      guard let subject = subjects[key] else {
        work.settled.append(
          .done(
            request.message,
            Reason(
              "opportunity_unknown",
              "The CRM spoke of an opportunity that is not from a lead."
            )
          )
        )
        continue
      }
      if let earlier = effects[request.message.id],
        let plan = RDDesk.Plan(resuming: earlier, of: subject, follows: request.follows)
      {
        if case .failed = earlier.state { intents.append(request.intent(plan.update)) }
        work.planned.append((request.message, plan))
        continue
      }
      let version = unit.settings[request.message.integration]?.version
      switch RDUpdateDecision(for: request, subject, unit.settings(of: request.message)) {
      case .none(let reason):
        work.settled.append(
          .done(request.message, follows: request.follows, reason, configVersion: version)
        )
      case .send(let update):
        work.planned.append(
          (request.message, RDDesk.Plan(update, of: subject, follows: request.follows))
        )
        intents.append(request.intent(update))
      }
      if case .changed(let state) = request.cause, state.version > subject.toldVersion {
        told.append((request.message, request.opportunity, state))
        subjects[key] = subject.told(state)
      }
    }
    if !intents.isEmpty { work.writes.append(Effects.sending(intents)) }
    work.writes += RDUpdateStore.telling(told)
    return work
  }

  /// Acts outside, then writes what became of it.
  private func tell(_ planned: [(message: Message, plan: RDDesk.Plan)]) async throws
    -> [Identifier: Outcome]
  {
    let results = await desk.tell(planned)
    var settled: [Settled] = []
    var effects: [Effects.Result] = []
    var outcomes: [Identifier: Outcome] = [:]
    for (message, plan) in planned {
      guard let result = results[message.id] else { continue }
      effects.append(
        Effects.Result(message: message, state: result.state, reason: result.reason.code)
      )
      let outcome = result.outcome(follows: plan.follows)
      outcomes[message.id] = outcome
      settled.append(
        Settled(
          message,
          outcome,
          journey: [JourneyEntry(message.journey, result.reason, subject: plan.subject.opportunity)]
        )
      )
    }
    try await database.record(.rdUpdater, settled, writes: [Effects.settling(effects)])
    return outcomes
  }
}

extension RDUpdateDecision {
  init(for request: RDUpdateStore.Request, _ subject: RDUpdateStore.Subject, _ settings: Settings) {
    let change: Change
    switch request.cause {
    case .created:
      change = .created(byMark: subject.byMark, firstImport: subject.firstImport)
    case .changed(let state):
      guard state.version > subject.toldVersion, state.status.rawValue != subject.toldStatus else {
        self = .none(
          Reason(
            "nothing_new",
            "RD Station has been told of this state of the opportunity already."
          )
        )
        return
      }
      change = .closed(state)
    }
    self.init(
      for: change,
      email: subject.email,
      updates: settings.rdUpdates,
      lossReasonField: settings.lossReasonField
    )
  }
}

extension RDUpdateStore.Request {
  fileprivate func intent(_ update: RDUpdate) -> Effects.Intent {
    Effects.Intent(message: message, kind: "rd.events", subject: opportunity, plan: update.json)
  }

  /// A change that came by the CRM's webhook also concerns the tags.
  fileprivate var follows: [Message] {
    guard case .changed(let state) = cause, message.type == CRMHookReceived.type else { return [] }
    return [
      message.following(
        to: .tagSync,
        OpportunityChanged(opportunity: opportunity, version: state.version)
      )
    ]
  }
}

extension RDUpdateStore.Subject {
  fileprivate func told(_ state: OpportunityState) -> Self {
    RDUpdateStore.Subject(
      opportunity: opportunity,
      toldVersion: state.version,
      toldStatus: state.status.rawValue,
      byMark: byMark,
      firstImport: firstImport,
      rdUUID: rdUUID,
      email: email
    )
  }
}
