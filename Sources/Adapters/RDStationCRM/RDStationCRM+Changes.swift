import Belt
package import Leads
import StrictJSON

extension RDStationCRM {
  /// One change a webhook.
  ///
  /// The same change may come several times, each with a transaction of its own:
  /// whoever reads the record back finds the same version, and knows it.
  package func changes(in hook: [UInt8]) throws(CRMError) -> [CRMChange] {
    let body: JSON
    do throws(JSONError) {
      body = try JSON(parsing: hook)
    } catch {
      throw CRMError(.refused, .malformedHook)
    }
    // Two receivers on record read `event_type`; the documented name is the first.
    guard let name = body["event_name"]?.string ?? body["event_type"]?.string,
      name.hasPrefix("crm_"), let id = body["document"]?["id"]?.string, !id.isEmpty
    else { throw CRMError(.refused, .malformedHook) }
    let record = CRMRecord(id: id)
    switch name.split(separator: "_").dropFirst().first {
    case "deal": return [CRMChange(.opportunity, record)]
    case "contact": return [CRMChange(.contact, record)]
    case "organization": return [CRMChange(.company, record)]
    // Products, tasks, sources: nothing that anybody here follows.
    default: return []
    }
  }

  package func changes(since cursor: CRMCursor?) async throws(CRMError) -> CRMChanges {
    let before = cursor.flatMap { ChangeCursor($0.text) }
    let changed = try await making { () async throws(CallError) in
      try await api.deals(changedSince: before?.from)
    }
    // The first call only finds out where things stand.
    let told = before.map { cursor in changed.filter { !cursor.told.contains($0) } } ?? []
    let next = ChangeCursor(after: before, changed)
    return CRMChanges(
      told.map { CRMChange(.opportunity, CRMRecord(id: $0.id)) },
      next: CRMCursor(next.text)
    )
  }
}

extension Reason {
  fileprivate static let malformedHook = Reason(
    "message_malformed",
    "It is no webhook of RD Station CRM."
  )
}
