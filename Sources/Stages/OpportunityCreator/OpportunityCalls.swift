import Belt
import BeltStorage
import Leads

/// The calls of one integration's plans at a CRM that is outside: companies, contacts, opportunities.
///
/// A create is made once. Where its outcome is not known, the opportunity is looked for by its marker until
/// the CRM can no longer be about to create it, and then a person decides.
struct OpportunityCalls {
  typealias Item = Planned<LeadCentralized, OpportunityPlan>

  private let items: [Item]
  /// No create begins later: from then on another worker may look for its outcome.
  private let end: ContinuousClock.Instant
  private let integration: String
  private let crm: any CRM
  private var acted: [Identifier: Acted<OpportunityFact>] = [:]
  /// The CRM's records, by our ids.
  private var records: [Identifier: Result<CRMRecord, CRMError>] = [:]

  /// `items`: at least one, all of one integration.
  init(_ items: [Item], before end: ContinuousClock.Instant) {
    self.items = items
    self.end = end
    integration = items[0].item.integration
    crm = items[0].plan.crm
  }

  func made() async -> [Identifier: Acted<OpportunityFact>] {
    var calls = self
    await calls.put(.company)
    await calls.put(.contact)
    await calls.create()
    await calls.look()
    await calls.rest()
    return calls.acted
  }

  /// Each record once, as the latest event has it.
  private mutating func put(_ kind: RecordKind) async {
    var drafts: [Identifier: RecordDraft] = [:]
    for item in items where item.plan.step.needsRecords {
      let company = item.plan.records.first { $0.kind == .company }
      for var draft in item.plan.records where draft.kind == kind {
        if kind == .contact, let company { draft.company = record(of: company) }
        drafts[draft.id] = draft
      }
    }
    let wanted = drafts.values.sorted { $0.id.description < $1.id.description }
    guard !wanted.isEmpty else { return }
    for (draft, result) in zip(wanted, await crm.put(wanted)) { records[draft.id] = result }
  }

  private func record(of draft: RecordDraft) -> CRMRecord? {
    guard case .success(let record)? = records[draft.id] else { return nil }
    return record
  }

  private mutating func create() async {
    var ready: [(item: Item, planned: PlannedOpportunity, draft: OpportunityDraft)] = []
    for item in items {
      guard case .create(let planned) = item.plan.step else { continue }
      if let error = missing(of: item) {
        fail(item, error, effect: .failed)
        continue
      }
      var draft = planned.draft
      for record in item.plan.records {
        switch record.kind {
        case .contact: draft.contact = self.record(of: record)
        case .company: draft.company = self.record(of: record)
        case .opportunity: break
        }
      }
      ready.append((item, planned, draft))
    }
    guard !ready.isEmpty else { return }
    guard ContinuousClock.now < end else {
      for (item, _, _) in ready {
        acted[item.message.id] = answer(
          item,
          .snooze(max(.seconds(5), item.message.waitBeforeAnotherLook), .leaseOver),
          effect: .failed
        )
      }
      return
    }
    Failpoint.hit(.requestSent)
    let results = await crm.create(ready.map(\.draft))
    Failpoint.hit(.answered)
    for ((item, planned, _), result) in zip(ready, results) {
      switch result {
      case .success(let record): await finish(item, planned, record)
      case .failure(let error) where error.code == .outcomeUnknown:
        wait(item, .outcomeUnknown, reads: 0)
      case .failure(let error): fail(item, error, effect: .failed)
      }
    }
  }

  private mutating func look() async {
    for item in items {
      guard case .lookFor(let planned, let age, let reads) = item.plan.step else { continue }
      switch await crm.find(markers: [planned.draft.marker]).first {
      case .success(let record?)?: await finish(item, planned, record)
      case .failure(let error)?: fail(item, error, effect: nil)
      case .success(nil)? where age < crm.traits.settlesWithin, nil:
        wait(item, .outcomeUnknown, reads: reads + 1)
      case .success(nil)?:
        acted[item.message.id] = answer(item, .reject(.undecidable), effect: .parked)
      }
    }
  }

  /// What needs no create.
  private mutating func rest() async {
    for item in items {
      switch item.plan.step {
      case .create, .lookFor: continue
      case .finish(let planned, let record): await finish(item, planned, record)
      case .recordsOnly:
        if let error = missing(of: item) { fail(item, error, effect: nil) } else { settle(item) }
      // A CRM brings one record up to date at a time; of two events of one lead the later holds more.
      case .revise(_, let revision, _):
        var error = missing(of: item)
        if error == nil { error = await crm.revise([revision]).first?.error }
        if error == nil { error = await attach(revision.history, to: revision.record) }
        if let error { fail(item, error, effect: nil) } else { settle(item) }
      }
    }
  }

  /// The opportunity is there: what belongs to it is added, which may be repeated.
  private mutating func finish(_ item: Item, _ planned: PlannedOpportunity, _ record: CRMRecord)
    async
  {
    let event = item.item.input.event
    let fact = OpportunityFact.created(event: event, record, integration: integration)
    if let error = await attach(planned.draft.history, to: record) {
      fail(item, error, effect: .confirmed, facts: [fact])
    } else {
      settle(item, effect: .confirmed, facts: [fact])
    }
  }

  private func attach(_ history: [HistoryItem], to record: CRMRecord) async -> CRMError? {
    guard !history.isEmpty else { return nil }
    return await crm.attach([OpportunityHistory(of: record, history)]).first?.error
  }

  /// Why the records that it refers to are not all in the CRM.
  private func missing(of item: Item) -> CRMError? {
    item.plan.records.lazy.compactMap { records[$0.id]?.error }.first
  }
}

/// How each ends.
extension OpportunityCalls {
  /// What the CRM has said of the records is kept, however the rest went.
  private func answer(
    _ item: Item,
    _ outcome: Outcome,
    _ lines: [Line] = [],
    effect: Effects.State?,
    reads: Int? = nil,
    facts: [OpportunityFact] = []
  ) -> Acted<OpportunityFact> {
    let kept = item.plan.records.compactMap { draft -> OpportunityFact? in
      guard let record = record(of: draft) else { return nil }
      var draft = draft
      draft.record = record
      return .record(draft, integration: integration)
    }
    let result = effect.map { state in
      Effects.Result(
        message: item.message,
        state: state,
        generation: item.plan.generation,
        reads: reads
      )
    }
    return Acted(outcome, lines, effect: result, facts: kept + facts)
  }

  private mutating func settle(
    _ item: Item,
    effect: Effects.State? = nil,
    facts: [OpportunityFact] = []
  ) {
    let step = item.plan.step
    acted[item.message.id] = answer(
      item,
      .done(follows: step.follows(of: item.item)),
      [step.line],
      effect: effect,
      facts: facts
    )
  }

  private mutating func fail(
    _ item: Item,
    _ error: CRMError,
    effect: Effects.State?,
    facts: [OpportunityFact] = []
  ) {
    let outcome = error.outcome(of: item.message)
    acted[item.message.id] = answer(item, outcome, effect: effect, facts: facts)
  }

  private mutating func wait(_ item: Item, _ reason: Reason, reads: Int) {
    acted[item.message.id] = answer(
      item,
      .snooze(item.message.waitBeforeAnotherLook, reason),
      [Line(reason, isSaidOnce: true)],
      effect: .unknown,
      reads: reads
    )
  }
}

extension OpportunityStep {
  /// Whether the company and the contact are put first.
  fileprivate var needsRecords: Bool {
    switch self {
    case .create, .revise, .recordsOnly: true
    case .lookFor, .finish: false
    }
  }
}

extension Result {
  fileprivate var error: Failure? {
    guard case .failure(let error) = self else { return nil }
    return error
  }
}

extension Reason {
  fileprivate static let outcomeUnknown = Reason(
    "crm_outcome_unknown",
    "It is not known whether the CRM created the opportunity; it is looked for there."
  )

  fileprivate static let undecidable = Reason(
    "crm_outcome_undecidable",
    "An earlier attempt may have created the opportunity, and the CRM does not show it; look for it there."
  )

  fileprivate static let leaseOver = Reason(
    "lease_over",
    "The worker was held up for too long to call the CRM safely."
  )
}
