import Belt
package import Leads
import OutsideCalls

extension DataCRM {
  /// What an unknown outcome leaves behind is looked for by its keys, and nothing is created again while
  /// it may still come; that is remembered by this process alone.
  package func put(_ records: [RecordDraft]) async -> [Result<CRMRecord, CRMError>] {
    let lanes = records.lanes
    return await each(records, lane: { place, _ in lanes[place] }) { (draft) throws(CRMError) in
      try await put(draft)
    }
  }

  private func put(_ draft: RecordDraft) async throws(CRMError) -> CRMRecord {
    let account = try await account()
    let element = try RecordElement(draft, in: account, places)
    if let known = try await known(draft) { return try await update(known, to: element) }
    if let wait = memory.unsettled(draft.id) { throw .unsettled(wait) }
    let owner = try draft.owner.map { (text) throws(CRMError) in try account.owner(text) }
    return try await create(draft, element, owner: owner)
  }

  /// By its id, where the record is still there; else by its keys.
  private func known(_ draft: RecordDraft) async throws(CRMError) -> DataCRMRow? {
    if let record = draft.record, DataCRMRow.isID(record.id),
      let row = try await link.row(record.id)
    {
      return row
    }
    if let row = try await row(draft.kind, keys: draft.keys) { return row }
    guard draft.kind == .company, let name = draft.name?.nonBlank else { return nil }
    return try await namelessClient(name)
  }

  private func update(_ row: DataCRMRow, to element: RecordElement) async throws(CRMError)
    -> CRMRecord
  {
    var changes = element.changes(of: row)
    guard !changes.isEmpty else { return CRMRecord(id: row.id) }
    do throws(CallError) {
      do throws(CallError) {
        try await link.revise(row, to: changes)
      } catch {
        // The mobile number is another contact's.
        guard error.isOfDuplicate, changes.removeValue(forKey: "mobile") != nil else { throw error }
        if !changes.isEmpty { try await link.revise(row, to: changes) }
      }
    } catch {
      throw error.isOfGoneRecord ? .recordGone : CRMError(error)
    }
    return CRMRecord(id: row.id)
  }

  private func create(_ draft: RecordDraft, _ element: RecordElement, owner: String?)
    async throws(CRMError) -> CRMRecord
  {
    var values = try element.whole()
    values["assigned_user_id"] = owner
    let module = draft.kind.module
    do throws(CallError) {
      let row = try await link.create(values, in: module, by: DataCRMRoutes.createRecord)
      return CRMRecord(id: row.id)
    } catch {
      if case .unknown = error.meaning { memory.unsettle(draft.id, for: traits.settlesWithin) }
      guard error.isOfDuplicate else { throw CRMError(error) }
    }
    // Somebody else has made it meanwhile, or DataCRM compares otherwise than we do.
    if let known = try await known(draft) { return try await update(known, to: element) }
    values["mobile"] = nil
    do throws(CallError) {
      let row = try await link.create(values, in: module, by: DataCRMRoutes.createRecord)
      return CRMRecord(id: row.id)
    } catch {
      if case .unknown = error.meaning { memory.unsettle(draft.id, for: traits.settlesWithin) }
      throw CRMError(error)
    }
  }
}

extension CRMError {
  /// Nothing was done now.
  fileprivate static func unsettled(_ wait: Duration) -> CRMError {
    CRMError(
      .rateLimited(after: min(wait, .seconds(30))),
      Reason(
        "datacrm_create_unsettled",
        "DataCRM may still be creating the record; it is looked for there."
      )
    )
  }
}
