package import Belt
package import Leads
import OutsideCalls

extension DataCRM {
  package func create(_ drafts: [OpportunityDraft]) async -> [Result<CRMRecord, CRMError>] {
    await each(drafts) { (draft) throws(CRMError) in
      let element = try element(of: draft, in: try await account())
      do throws(CallError) {
        let row = try await link.create(element, in: "Potentials", by: DataCRMRoutes.createDeal)
        return CRMRecord(id: row.id)
      } catch {
        // What the forms allowed and DataCRM refuses has changed there since.
        if error.meaning == .refused { memory.forgetAccount() }
        throw CRMError(error)
      }
    }
  }

  private func element(of draft: OpportunityDraft, in account: DataCRMAccount) throws(CRMError)
    -> [String: String]
  {
    let form = try account.form(.opportunity)
    var element = try form.stored(draft.fields)
    guard form.field(places.marker)?.isEditable == true else {
      throw .settings("no_marker", "DataCRM's field \(places.marker) of deals cannot be written.")
    }
    guard let stage = form.field("sales_stage")?.stored(draft.stage) else {
      throw .settings("stage_gone", "DataCRM has no stage “\(draft.stage)” (any more).")
    }
    element["potentialname"] = ColumnWidths.fitting(draft.title.trimmed, in: "potentialname")
    element["sales_stage"] = stage
    element["assigned_user_id"] = try account.owner(draft.owner)
    element["closingdate"] = ServerTime(seconds: now()).adding(days: places.closingDays).day
    element[places.marker] = draft.marker.description
    element["contact_id"] = draft.contact.flatMap { DataCRMRow.isID($0.id) ? $0.id : nil }
    element["related_to"] = draft.company.flatMap { DataCRMRow.isID($0.id) ? $0.id : nil }
    if !draft.tags.isEmpty {
      element.merge(DealTags(draft.tags, in: places).written(over: element)) { $1 }
    }
    return element
  }

  package func find(markers: [Identifier]) async -> [Result<CRMRecord?, CRMError>] {
    let lanes = markers.chunked(by: Statement.listMax)
    let answers = await each(lanes) { (markers) throws(CRMError) in
      guard
        let condition = Statement.Condition(places.marker, in: markers.map(\.description))
      else { return [Identifier: CRMRecord]() }
      let rows = try await link.rows(Statement("Potentials", condition, order: "createdtime"))
      return Dictionary(
        rows.compactMap { row in
          Identifier(row[places.marker]).map { ($0, CRMRecord(id: row.id)) }
        }
      ) { oldest, _ in oldest }
    }
    return zip(lanes, answers).flatMap { markers, answer in
      markers.map { marker in answer.map { $0[marker] } }
    }
  }
}

extension Array {
  func chunked(by size: Int) -> [[Element]] {
    stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
  }
}
