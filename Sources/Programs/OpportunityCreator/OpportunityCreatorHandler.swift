import LeadStorage
import Leads
import Workers

/// Makes at most one opportunity of each event: by the first trigger that matches, for one owner.
struct OpportunityCreatorHandler: Handler {
  let database: LeadDatabase
  /// The CRM of each kind that this program can write to.
  let crms: CRMs

  func handle(_ batch: [Message]) async throws -> [Outcome] {
    let (readable, refused) = batch.reading(LeadCentralized.self)
    var (outcomes, planned) = try await database.plan(
      .opportunityCreator,
      readable.map(\.message),
      loading: OpportunityStore.loading(readable)
    ) { _, unit in
      try plan(readable, unit)
    }
    outcomes.merge(refused) { settled, _ in settled }
    try await outcomes.merge(create(planned)) { _, created in created }
    return batch.answers(from: outcomes)
  }

  private struct Plan: Sendable {
    let planned: OpportunityStore.Planned
    let crm: CRMKind
    /// An earlier attempt may have created it already.
    let isResumed: Bool
  }

  private func plan(_ readable: [OpportunityStore.Readable], _ unit: Unit) throws
    -> StageWork<Plan>
  {
    var known = try OpportunityStore.knowledge(in: unit.rows)
    let bodies = Dictionary(readable.map { ($0.message.id, $0.body) }) { first, _ in first }
    var work = StageWork<Plan>()
    var made:
      [(message: Message, body: LeadCentralized, plan: OpportunityStore.Planned, place: Int)] = []
    var moved: [String: Set<String>] = [:]
    for message in unit.fresh {
      guard let body = bodies[message.id] else { continue }
      let settings = unit.settings(of: message)
      let key = IntegrationKey(message.integration, body.event)
      if let earlier = known.planned[key] {
        work.planned.append((message, Plan(planned: earlier, crm: settings.crm, isResumed: true)))
        continue
      }
      guard let subject = known.subjects[key] else { continue }
      let before = known.rotations[message.integration] ?? [:]
      var rotations = before
      switch OpportunityDecision(for: subject, settings: settings, rotations: &rotations) {
      case .create(let draft, let place, let words):
        let plan = OpportunityStore.Planned(
          opportunity: draft.marker,
          draft: draft,
          explanation: OpportunityStore.explanation(draft, place: place, words: words)
        )
        made.append((message, body, plan, place))
        work.planned.append((message, Plan(planned: plan, crm: settings.crm, isResumed: false)))
        for (group, rotation) in rotations where before[group] != rotation {
          moved[message.integration, default: []].insert(group)
        }
        known.rotations[message.integration] = rotations
      case .none(let reason):
        let follows =
          subject.openOpportunities > 0
          ? [message.following(to: .tagSync, LeadTagged(lead: body.lead))] : []
        work.settled.append(
          .done(
            message,
            follows: follows,
            reason,
            configVersion: unit.settings[message.integration]?.version
          )
        )
      }
    }
    work.writes = OpportunityStore.intents(
      made,
      moved: moved.flatMap { integration, groups in
        groups.compactMap { group in
          known.rotations[integration]?[group].map { (integration, group, $0) }
        }
      }
    )
    return work
  }

  private func create(_ planned: [(message: Message, plan: Plan)]) async throws
    -> [Identifier: Outcome]
  {
    var outcomes: [Identifier: Outcome] = [:]
    var created: [(message: Message, plan: OpportunityStore.Planned, record: CRMRecord)] = []
    var settled: [Settled] = []
    for (target, all) in Dictionary(
      grouping: planned,
      by: { Target(of: $0.message, $0.plan.crm) }
    ) {
      let crm = try crms.crm(target.crm)
      let items = all.filter { crm.createIsIdempotent || !$0.plan.isResumed }
      for item in all where !crm.createIsIdempotent && item.plan.isResumed {
        outcomes[item.message.id] = .reject(.outcomeUnknown)
      }
      let results = await crm.create(items.map(\.plan.planned.draft), in: target.integration)
      for (item, result) in zip(items, results) {
        switch result {
        case .success(let record):
          created.append((item.message, item.plan.planned, record))
          settled.append(done(item.message, item.plan.planned))
        case .failure(let error):
          outcomes[item.message.id] = error.outcome
        }
      }
    }
    try await database.record(
      .opportunityCreator,
      settled,
      writes: OpportunityStore.results(created)
    )
    for settled in settled { outcomes[settled.message.id] = settled.outcome }
    return outcomes
  }

  private struct Target: Hashable {
    let integration: String
    let crm: CRMKind

    init(of message: Message, _ crm: CRMKind) {
      integration = message.integration
      self.crm = crm
    }
  }

  private func done(_ message: Message, _ planned: OpportunityStore.Planned) -> Settled {
    let body = OpportunityCreated(opportunity: planned.opportunity)
    return .done(
      message,
      follows: [
        message.following(to: .rdUpdater, body), message.following(to: .tagSync, body),
      ],
      planned.explanation,
      subject: planned.opportunity
    )
  }
}

extension Reason {
  /// For a CRM that cannot tell a second create from the first: a person decides, not a blind retry.
  fileprivate static let outcomeUnknown = Reason(
    "crm_outcome_unknown",
    "An earlier attempt may have created the opportunity; look for it in the CRM."
  )
}
