import Belt
package import Leads

extension DataCRM {
  /// Records are read from the last time that was seen, two minutes earlier: a change may be shown late.
  private static let overlap: Int64 = 120
  /// Pages of one module and call; what is left comes with the next one.
  private static let pagesMax = 10

  /// Who wants no mail (“No enviar correo”), and their deals, are left out: DataCRM keeps them from RD
  /// Station.
  package func changes(since cursor: CRMCursor?) async throws(CRMError) -> CRMChanges {
    let kinds = try await account().forms.keys.sorted { $0.rawValue < $1.rawValue }
    var next = PollCursor([:])
    if let cursor { next = try PollCursor(cursor) }
    var changes: [CRMChange] = []
    for kind in kinds {
      guard let place = next.places[kind] else {
        next.places[kind] = try await beginning(of: kind)
        continue
      }
      let read = try await changed(kind, from: place)
      next.places[kind] = read.place
      changes += try await MailRefusal(of: read.rows, kind, places, link).allowed.map { row in
        // A contact may have RD Station's id where a deal has our marker.
        let marker = kind == .opportunity ? Identifier(row[places.marker]) : nil
        return CRMChange(kind, CRMRecord(id: row.id), marker: marker)
      }
    }
    return CRMChanges(changes, next: next.cursor)
  }

  /// From the newest record of the module on; by the server's clock, never by ours.
  private func beginning(of kind: RecordKind) async throws(CRMError) -> PollCursor.Place {
    let statement = Statement(kind.module, order: "modifiedtime DESC", limit: 1)
    let newest = try await link.rows(statement).first.flatMap { ServerTime($0["modifiedtime"]) }
    let start = (newest ?? ServerTime(seconds: 0)).adding(seconds: -Self.overlap)
    return try await changed(kind, from: PollCursor.Place(from: start)).place
  }

  private func changed(_ kind: RecordKind, from place: PollCursor.Place) async throws(CRMError)
    -> (rows: [DataCRMRow], place: PollCursor.Place)
  {
    var page = place
    var all: [DataCRMRow] = []
    var isDone = false
    for _ in 0..<Self.pagesMax {
      let rows = try await link.rows(
        Statement(
          kind.module,
          .init("modifiedtime", from: page.from.text),
          order: "modifiedtime",
          offset: page.offset
        )
      )
      all += rows
      isDone = rows.count < Statement.rowsMax
      guard !isDone, let last = rows.last.flatMap({ ServerTime($0["modifiedtime"]) }) else { break }
      // By time and not by number: what is changed meanwhile leaves its place, and shifts the others.
      page.offset = last > page.from ? 0 : page.offset + rows.count
      page.from = max(last, page.from)
    }
    let newest = all.compactMap { ServerTime($0["modifiedtime"]) }.max() ?? place.from
    if isDone {
      page = PollCursor.Place(from: max(place.from, newest.adding(seconds: -Self.overlap)))
    }
    let told = place.told
    let fresh = Dictionary(all.map { ($0.id, $0) }) { _, later in later }.values
      .filter { told[$0.id] != $0.fingerprint }
      .sorted { ($0["modifiedtime"], $0.id) < ($1["modifiedtime"], $1.id) }
    page.remember(told.merging(all.map { ($0.id, $0.fingerprint) }) { _, later in later })
    return (fresh, page)
  }
}

extension DataCRMRow {
  /// Tells whether the record is what it was: its time, and FNV-1a over all of it.
  fileprivate var fingerprint: String {
    var hash: UInt64 = 14_695_981_039_346_656_037
    for (field, value) in values.sorted(by: { $0.key < $1.key }) {
      for byte in [field.utf8, value.utf8].joined(separator: [0]) + [1] {
        hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211
      }
    }
    return "\(self["modifiedtime"]) \(String(hash, radix: 36))"
  }
}
