import Belt
import BeltStorage
import Leads

/// What opportunities refer to.
extension OpportunityCalls {
  /// Puts each record once, as the latest event has it: the companies first, since contacts refer to
  /// them; gives why some are not in the CRM.
  ///
  /// Each by a call of its own, so that none begins after `end`.
  func put(for calls: [Call], before end: ContinuousClock.Instant) async
    -> [IntegrationKey: CRMTrouble]
  {
    var missing: [IntegrationKey: CRMTrouble] = [:]
    for kind in [RecordKind.company, .contact] {
      var latest: [IntegrationKey: (crm: any CRM, draft: RecordDraft)] = [:]
      for call in calls {
        let company = call.records.first { $0.kind == .company }
        for var draft in call.records where draft.kind == kind {
          if kind == .contact, let company { draft.company = record(of: call.key(company.id)) }
          latest[call.key(draft.id)] = (call.plan.crm, draft)
        }
      }
      let lanes = zip(latest.values.map(\.draft).lanes, latest)
      let served = await sideBySide(
        Dictionary(grouping: lanes) { $0.0 }.mapValues { $0.map(\.1) },
        atOnce: Self.lanes
      ) { [self] _, lane in
        var troubles: [IntegrationKey: CRMTrouble] = [:]
        for (key, (crm, draft)) in lane {
          troubles[key] = await put(draft, as: key, at: crm, before: end)
        }
        return troubles
      }
      for troubles in served { missing.merge(troubles) { _, last in last } }
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
