package import Leads

extension DataCRM {
  package func find(_ queries: [RecordQuery]) async -> [Result<CRMRecord?, CRMError>] {
    await each(queries) { (query) throws(CRMError) in
      try await row(query.kind, keys: query.keys).map { CRMRecord(id: $0.id) }
    }
  }

  /// The oldest record with the strongest key; nil for none.
  ///
  /// All keys are asked for at once. Where a page is full, one key may have crowded out another, and each
  /// is asked for alone.
  func row(_ kind: RecordKind, keys: [MatchKey]) async throws(CRMError) -> DataCRMRow? {
    let form = try await account().form(kind)
    let sought = keys.map { SoughtKey($0, of: kind, form, places) }
      .filter { !$0.conditions.isEmpty }
    guard let condition = Statement.Condition.any(sought.flatMap(\.conditions)) else { return nil }
    let rows = try await link.rows(Statement(kind.module, condition, order: "createdtime"))
    if rows.count == Statement.rowsMax, sought.count > 1 {
      for key in sought {
        if let row = try await row(kind, keys: [key.key]) { return row }
      }
      return nil
    }
    for key in sought {
      if let row = rows.first(where: key.isCarried) { return row }
    }
    return nil
  }

  /// The oldest client of exactly this name that has no NIT: what an earlier put made of a lead without
  /// one.
  ///
  /// Assumed: DataCRM knows a client by its NIT alone, so without one only its name keeps it from being
  /// made at each lead anew.
  func namelessClient(_ name: String) async throws(CRMError) -> DataCRMRow? {
    let stored = ColumnWidths.fitting(name, in: "accountname")
    guard let condition = Statement.Condition("accountname", in: [stored]) else { return nil }
    let rows = try await link.rows(Statement("Accounts", condition, order: "createdtime"))
    return rows.first { $0[places.taxID].isEmpty && $0["accountname"] == stored }
  }
}
