package import Leads

extension DataCRM {
  /// Asks for many at once; one that the list does not show is asked for alone before it counts as gone,
  /// since lists may lag.
  package func read(_ records: [CRMRecord]) async -> [Result<OpportunityState?, CRMError>] {
    await rows(of: records).map { $0.map { row in row.map { OpportunityState($0, places) } } }
  }

  private func rows(of records: [CRMRecord]) async -> [Result<DataCRMRow?, CRMError>] {
    let lanes = records.chunked(by: Statement.listMax)
    let answers = await each(lanes) { (records) throws(CRMError) in
      let ids = records.map(\.id).filter(DataCRMRow.isID)
      guard let condition = Statement.Condition("id", in: ids) else {
        return [String: DataCRMRow]()
      }
      let rows = try await link.rows(Statement("Potentials", condition))
      return Dictionary(rows.map { ($0.id, $0) }) { first, _ in first }
    }
    let listed = zip(lanes, answers).flatMap { records, answer in
      records.map { record in (record, answer.map { $0[record.id] }) }
    }
    return await each(listed) { (record, answer) throws(CRMError) in
      if let row = try answer.get() { return row }
      return DataCRMRow.isID(record.id) ? try await link.row(record.id) : nil
    }
  }

  /// - Throws: ``CRMError`` of code `refused` for one that is gone.
  func deal(_ record: CRMRecord) async throws(CRMError) -> DataCRMRow {
    guard DataCRMRow.isID(record.id), let row = try await link.row(record.id) else {
      throw .recordGone
    }
    return row
  }
}

extension OpportunityState {
  init(_ row: DataCRMRow, _ places: DataCRMPlaces) {
    let stage = row["sales_stage"]
    let status = places.status(in: stage)
    self.init(
      status: status,
      stage: stage,
      value: StoredText.amount(row["amount"]),
      lossReason: row[places.lossReason].nonBlank,
      tags: DealTags(row, in: places).tags,
      version: Self.version(ServerTime(row["modifiedtime"]), status)
    )
  }

  /// DataCRM counts no versions and tells its times in whole seconds: of two changes in one second the
  /// version tells those that close the deal apart from what was before.
  ///
  /// Assumed to be enough: what closes and opens again within a second is read as it was before.
  private static func version(_ time: ServerTime?, _ status: Status) -> Int {
    let rank =
      switch status {
      case .open: 0
      case .lost: 1
      case .won: 2
      }
    return Int(time?.seconds ?? 0) * 4 + rank
  }
}
