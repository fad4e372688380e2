package import BeltStorage
package import Leads
package import Belt

/// Makes at most one opportunity of each event: by the first trigger that matches, for one owner.
package struct OpportunityCreatorHandler: Handler {
  let database: LeadDatabase
  /// The CRM of each kind that this program can write to.
  let crms: CRMs

  package init(database: LeadDatabase, crms: CRMs) {
    self.database = database
    self.crms = crms
  }

  package func handle(_ batch: [Message]) async throws -> [Outcome] {
    let (readable, refused) = batch.reading(LeadCentralized.self)
    var (outcomes, planned) = try await database.plan(
      .opportunityCreator,
      readable.map(\.message),
      loading: OpportunityStore.loading(readable)
    ) { _, unit in
      var planning = OpportunityPlanning(
        unit,
        knowing: try OpportunityStore.knowledge(in: unit.rows)
      )
      let bodies = Dictionary(readable.map { ($0.message.id, $0.body) }) { first, _ in first }
      for message in unit.fresh {
        if let body = bodies[message.id] { planning.decide(message, body) }
      }
      return planning.work()
    }
    outcomes.merge(refused) { settled, _ in settled }
    try await outcomes.merge(act(planned)) { _, acted in acted }
    return batch.answers(from: outcomes)
  }

  private struct Target: Hashable {
    let integration: String
    let crm: CRMKind
  }

  /// Acts in each CRM, then writes what became of it.
  private func act(_ planned: [(message: Message, plan: OpportunityPlan)]) async throws
    -> [Identifier: Outcome]
  {
    var results = OpportunityResults()
    for (target, items) in Dictionary(
      grouping: planned,
      by: { Target(integration: $0.message.integration, crm: $0.plan.crm) }
    ) {
      let crm = try crms.crm(target.crm)
      await create(items, at: crm, in: target.integration, &results)
      await revise(items, at: crm, in: target.integration, &results)
    }
    try await database.record(
      .opportunityCreator,
      results.settled,
      writes: OpportunityStore.results(results.created)
    )
    return results.outcomes
  }

  private func create(
    _ items: [(message: Message, plan: OpportunityPlan)],
    at crm: any CRM,
    in integration: String,
    _ results: inout OpportunityResults
  ) async {
    var drafts: [(message: Message, planned: OpportunityStore.Planned)] = []
    for (message, plan) in items {
      guard case .create(let planned, let isResumed) = plan.action else { continue }
      if isResumed, !crm.createIsIdempotent {
        results.fail(message, .reject(.outcomeUnknown))
      } else {
        drafts.append((message, planned))
      }
    }
    guard !drafts.isEmpty else { return }
    Failpoint.hit(.requestSent)
    let records = await crm.create(drafts.map(\.planned.draft), in: integration)
    Failpoint.hit(.answered)
    for ((message, planned), result) in zip(drafts, records) {
      switch result {
      case .success(let record): results.create(message, planned, record)
      case .failure(let error): results.fail(message, error.outcome)
      }
    }
  }

  private func revise(
    _ items: [(message: Message, plan: OpportunityPlan)],
    at crm: any CRM,
    in integration: String,
    _ results: inout OpportunityResults
  ) async {
    // A CRM brings one record up to date at a time; of two events of one lead the later holds more.
    for (message, plan) in items {
      guard case .revise(let open, let revision, let body, let explanation) = plan.action else {
        continue
      }
      switch await crm.revise([revision], in: integration).first {
      case .success?: results.revise(message, open, body, explanation)
      case .failure(let error)?: results.fail(message, error.outcome)
      case nil: continue
      }
    }
  }
}

extension Reason {
  /// For a CRM that cannot tell a second create from the first: a person decides, not a blind retry.
  fileprivate static let outcomeUnknown = Reason(
    "crm_outcome_unknown",
    "An earlier attempt may have created the opportunity; look for it in the CRM."
  )
}
