import Belt
import BeltStorage
import Leads

/// What opportunities refer to.
extension OpportunityCalls {
  /// Puts each record once, as the latest event has it: the companies first, since contacts refer to
  /// them; gives why some are not in the CRM.
  func put(for calls: [Call], before end: ContinuousClock.Instant) async
    -> [IntegrationKey: CRMTrouble]
  {
    var missing: [IntegrationKey: CRMTrouble] = [:]
    for kind in [RecordKind.company, .contact] {
      var drafts: [IntegrationKey: [(crm: any CRM, draft: RecordDraft)]] = [:]
      for call in calls {
        let company = call.records.first { $0.kind == .company }
        for var draft in call.records where draft.kind == kind {
          if kind == .contact, let company { draft.company = record(of: call.key(company.id)) }
          drafts[call.key(draft.id)] = [(call.plan.crm, draft)]
        }
      }
      let troubles = await sideBySide(drafts, atOnce: Self.lanes) { [self] key, drafts in
        var trouble: CRMTrouble?
        for (crm, draft) in drafts { trouble = await put(draft, as: key, at: crm, before: end) }
        return (key, trouble)
      }
      for (key, trouble) in troubles { missing[key] = trouble }
    }
    return missing
  }

  private func put(
    _ draft: RecordDraft,
    as key: IntegrationKey,
    at crm: any CRM,
    before end: ContinuousClock.Instant
  ) async -> CRMTrouble? {
    guard ContinuousClock.now < end else { return .late }
    switch await crm.put([draft]).first {
    case .success(let record)?:
      keep(record, as: key)
      return nil
    case .failure(let error)?: return CRMTrouble(error)
    case nil: return CRMTrouble(.noAnswer)
    }
  }
}
