package import Belt
package import BeltStorage
import Leads

/// Looks for an opportunity that is not ours, in case that we are just recording it.
private let foreignLooks = 3
/// Looks for one whose creation has no known outcome yet: that of half an hour.
private let awaitedLooks = 60

/// What the CRM shows of the opportunities that changed, which is never taken from a message (R29).
extension RDUpdaterStage {
  package func look(_ items: [Item<RDUpdaterInput>], _ known: RDUpdaterKnown) async -> [Identifier:
    Seen<RDUpdaterInput>]
  {
    var seen = begun(items, known)
    let asked = items.compactMap { item in
      item.input.subject.flatMap { id in
        known.opportunities[item.key(id)]?.record.map { (message: item.message, id, record: $0) }
      }
    }
    let states = await states(of: Set(asked.map(\.record)), items)
    for (message, id, record) in asked {
      seen[message.id] =
        switch states[record] {
        case .success(let state?)?: .input(.shown(id, state))
        case .success(nil)?, nil: .ended(.retry(.opportunityNotFound))
        case .failure(let error)?: .ended(error.outcome(of: message))
        }
    }
    return seen
  }

  /// A change of an opportunity that is not recorded (yet): a CRM speaks of all its deals, and most are
  /// not from a lead.
  func awaited(_ message: Message, isOurs: Bool) -> Answer {
    message.deferrals < (isOurs ? awaitedLooks : foreignLooks)
      ? .wait(message.waitBeforeAnotherLook, .opportunityAwaited) : .done(.opportunityUnknown)
  }

  private func states(of records: Set<CRMRecord>, _ items: [Item<RDUpdaterInput>]) async
    -> [CRMRecord: Result<OpportunityState?, CRMError>]
  {
    guard !records.isEmpty, let item = items.first else { return [:] }
    let records = Array(records)
    do throws(CRMError) {
      let crm = try crms.crm(of: item.settings)
      return Dictionary(zip(records, await crm.read(records))) { one, _ in one }
    } catch {
      return Dictionary(records.map { ($0, .failure(error)) }) { one, _ in one }
    }
  }
}

extension Reason {
  fileprivate static let opportunityNotFound = Reason(
    "opportunity_not_found",
    "The CRM does not show the opportunity (yet)."
  )
}
