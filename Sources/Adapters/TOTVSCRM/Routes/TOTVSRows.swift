import StrictJSON

/// What a read answers: a bare list, which is documented, or `{"items", "hasNext"}`, which is assumed
/// (totvs-crm.md 3).
struct TOTVSRows: Sendable, Hashable {
  let rows: [JSON]
  /// False where the answer says that there is more; how to ask for it is not known.
  let isWhole: Bool

  /// Nil for anything else, and for a row that is no object.
  init?(_ json: JSON) {
    guard let rows = json.array ?? json["items"]?.array, rows.allSatisfy({ $0.members != nil })
    else { return nil }
    self.rows = rows
    isWhole = json["hasNext"]?.bool != true
    // Nothing and yet more says nothing.
    guard isWhole || !rows.isEmpty else { return nil }
  }
}

/// The id of a new record, which the answer carries in a form that is assumed: `{"id"}`, alone or in a
/// list of one.
struct CreatedID: Sendable, Hashable {
  let text: String

  init?(_ json: JSON) {
    let record = json.array.map { $0.count == 1 ? $0[0] : .null } ?? json
    guard let id = record["id"]?.string, !id.isEmpty, id.utf8.count <= 100 else { return nil }
    text = id
  }
}
