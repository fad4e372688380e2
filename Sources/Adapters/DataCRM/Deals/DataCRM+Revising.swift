import Belt
package import Leads
import OutsideCalls

extension DataCRM {
  package func revise(_ revisions: [OpportunityRevision]) async -> [Result<Void, CRMError>] {
    await each(revisions, lane: Self.lane { $0.record }) { (revision) throws(CRMError) in
      let form = try await account().form(.opportunity)
      let fields = try form.stored(revision.fields)
      let row = try await deal(revision.record)
      try await change(row, to: fields)
    }
  }

  package func attach(_ histories: [OpportunityHistory]) async -> [Result<Void, CRMError>] {
    await each(histories, lane: Self.lane { $0.record }) { (history) throws(CRMError) in
      let row = try await deal(history.record)
      let text = DealText(row["description"]).adding(history.items)
      try await change(row, to: ["description": text])
    }
  }

  /// DataCRM has no conditional write: what somebody changes in the moment between the look and the write
  /// is overwritten.
  package func setTags(_ changes: [TagChange]) async -> [Result<Bool, CRMError>] {
    await each(changes, lane: Self.lane { $0.record }) { (change) throws(CRMError) in
      let row = try await deal(change.record)
      guard Set(DealTags(row, in: places).tags) == Set(change.read) else { return false }
      try await self.change(
        row,
        to: DealTags(change.tags, in: places).written(over: row.values)
      )
      return true
    }
  }

  /// Writes what differs, and nothing where nothing does: each save moves the record's time.
  private func change(_ row: DataCRMRow, to fields: [String: String]) async throws(CRMError) {
    var changes: [String: String] = [:]
    for (field, value) in fields {
      let text = ColumnWidths.fitting(value, in: field)
      if !StoredText.isSame(row[field], text) { changes[field] = text }
    }
    guard !changes.isEmpty else { return }
    do throws(CallError) {
      try await link.revise(row, to: changes)
    } catch {
      throw error.isOfGoneRecord ? .recordGone : CRMError(error)
    }
  }

  /// Changes of one record are made one after another.
  private static func lane<Item>(_ record: @escaping (Item) -> CRMRecord) -> (Int, Item) -> Int {
    { _, item in record(item).id.utf8.reduce(0) { $0 &* 31 &+ Int($1) } }
  }
}
