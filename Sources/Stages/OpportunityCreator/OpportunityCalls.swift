import Belt
import BeltStorage
import Leads
import Synchronization

/// The calls of a batch at CRMs that are outside: companies, contacts, opportunities.
///
/// Companies and contacts may be put again, an opportunity is created once: where its outcome is not known,
/// it is looked for by its marker until the CRM can no longer be about to create it.
final class OpportunityCalls: OnceCalls {
  typealias Call = OnceCall<OpportunityPlan>

  /// Calls of one integration that are made beside each other; its quota sets the pace.
  static var lanes: Int { 4 }

  /// The CRM's records, by our ids: what it has answered in this batch.
  private let records = Mutex<[IntegrationKey: CRMRecord]>([:])
  /// Opportunities that were not created in this batch but found: their contact may not be linked.
  private let found = Mutex<Set<IntegrationKey>>([])

  var system: OutsideSystem { OutsideSystem(name: "the CRM", code: "crm") }

  var undecidable: Reason {
    Reason(
      "crm_outcome_undecidable",
      "An earlier attempt may have created the opportunity, and the CRM does not show it; look for it there, then say which: esteira dead-letters retry ID --not-there, or --there with the CRM's id of it"
    )
  }

  func settlesWithin(_ plan: OpportunityPlan) -> Duration? { plan.crm.traits.settlesWithin }

  func told(_ plan: OpportunityPlan) -> Reason { plan.step.explanation }

  /// The records that opportunities refer to.
  ///
  /// Their ids are kept before an opportunity is created.
  static var preparesCalls: Bool { true }

  func prepare(_ calls: [Call], in _: String, before end: ContinuousClock.Instant) async
    -> [CRMTrouble?]
  {
    let missing = await put(for: calls, before: end)
    return calls.map { call in
      call.records.lazy.compactMap { missing[call.key($0.id)] }.first
    }
  }

  func prepared(_ calls: [Call]) -> [Write] {
    RecordRows.keeping(
      calls.flatMap { call in
        kept(of: call).map { ($0, call.message.integration) }
      }
    )
  }

  func send(
    _ calls: [Call],
    in _: String,
    _: Lease,
    before end: ContinuousClock.Instant
  ) async -> [CRMTrouble?] {
    let made = await sideBySide(
      Dictionary(grouping: calls, by: \.message.id),
      atOnce: Self.lanes
    ) { [self] id, calls in
      var trouble: CRMTrouble?
      for call in calls { trouble = await make(call, before: end) }
      return (id, trouble)
    }
    let troubles = Dictionary(made) { first, _ in first }
    return calls.map { troubles[$0.message.id] ?? nil }
  }

  private func make(_ call: Call, before end: ContinuousClock.Instant) async -> CRMTrouble? {
    guard ContinuousClock.now < end else { return .late }
    switch call.plan.step {
    case .create(let planned): return await create(planned.draft, for: call)
    case .revise(_, let revision, _):
      return await call.plan.crm.revise([revision]).lazy.compactMap(CRMTrouble.init).first
    case .recordsOnly: return nil
    }
  }

  private func create(_ draft: OpportunityDraft, for call: Call) async -> CRMTrouble? {
    var draft = draft
    for record in call.records {
      switch record.kind {
      case .contact: draft.contact = self.record(of: call.key(record.id))
      case .company: draft.company = self.record(of: call.key(record.id))
      case .opportunity: break
      }
    }
    switch await call.plan.crm.create([draft]).first {
    case .success(let record)?:
      keep(record, as: call.key(draft.marker))
      return nil
    case .failure(let error)?: return CRMTrouble(ofCreate: error)
    case nil: return CRMTrouble(ofCreate: .noAnswer)
    }
  }

  func look(for call: Call, isLast _: Bool, before end: ContinuousClock.Instant)
    async throws(CRMTrouble) -> Sight<OpportunityPlan>
  {
    guard case .create(let planned) = call.plan.step else { return .all }
    guard ContinuousClock.now < end else { throw .late }
    let marker = planned.draft.marker
    switch await call.plan.crm.find(markers: [marker]).first {
    case .success(let record?)?:
      keep(record, as: call.key(marker))
      _ = found.withLock { $0.insert(call.key(marker)) }
      return .all
    // It may be on its way, and may have been deleted by hand: only a person can tell.
    case .success(nil)?: return .undecidable
    case .failure(let error)?: throw CRMTrouble(error)
    case nil: throw CRMTrouble(.noAnswer)
    }
  }

  /// History is attached to one opportunity each.
  func records(_ plan: OpportunityPlan) -> Set<String> { ["\(plan.step.subject)"] }

  func finish(_ call: Call, before end: ContinuousClock.Instant) async throws(CRMTrouble) {
    let crm = call.plan.crm
    switch call.plan.step {
    case .create(let planned):
      let key = call.key(planned.draft.marker)
      guard let record = planned.record ?? record(of: key) else { return }
      let isFound = planned.record != nil || found.withLock { $0.contains(key) }
      let history = OpportunityHistory(
        of: record,
        planned.draft.history,
        contact: isFound ? contact(of: call) : nil
      )
      try await attach(history, at: crm, before: end)
    case .revise(_, let revision, _):
      let history = OpportunityHistory(of: revision.record, revision.history)
      try await attach(history, at: crm, before: end)
    case .recordsOnly: return
    }
  }

  private func attach(
    _ history: OpportunityHistory,
    at crm: any CRM,
    before end: ContinuousClock.Instant
  ) async throws(CRMTrouble) {
    guard !history.items.isEmpty || history.contact != nil else { return }
    guard ContinuousClock.now < end else { throw .late }
    for trouble in await crm.attach([history]).compactMap(CRMTrouble.init) { throw trouble }
  }

  private func contact(of call: Call) -> CRMRecord? {
    call.records.first { $0.kind == .contact }.flatMap { record(of: call.key($0.id)) ?? $0.record }
  }
}

/// What the CRM has answered.
extension OpportunityCalls {
  func keep(_ record: CRMRecord, as key: IntegrationKey) {
    records.withLock { $0[key] = record }
  }

  func record(of key: IntegrationKey) -> CRMRecord? { records.withLock { $0[key] } }

  /// The records of a call that the CRM holds.
  private func kept(of call: Call) -> [RecordDraft] {
    call.records.compactMap { draft in
      record(of: call.key(draft.id)).map { record in
        var draft = draft
        draft.record = record
        return draft
      }
    }
  }

  /// What the CRM has answered for one call, however the rest of it went.
  func facts(of call: Call) -> [OpportunityFact] {
    let integration = call.message.integration
    var facts = kept(of: call).map { OpportunityFact.record($0, integration: integration) }
    if case .create(let planned) = call.plan.step,
      let record = record(of: call.key(planned.draft.marker))
    {
      facts.append(.created(planned.draft.marker, record, integration: integration))
    }
    return facts
  }
}

extension OnceCall<OpportunityPlan> {
  var records: [RecordDraft] { plan.records }

  func key(_ id: Identifier) -> IntegrationKey {
    IntegrationKey(message.integration, id)
  }
}
