import Leads

/// Which changed records are kept from RD Station because their contact wants no mail.
///
/// Assumed: the switch “No enviar correo” is the field `emailoptout`, and a deal is its contact's.
struct MailRefusal: Sendable {
  let allowed: [DataCRMRow]

  init(
    of rows: [DataCRMRow],
    _ kind: RecordKind,
    _ places: DataCRMPlaces,
    _ link: DataCRMLink
  ) async throws(CRMError) {
    switch kind {
    case .company: allowed = rows
    case .contact: allowed = rows.filter { !$0.refusesMail(places) }
    case .opportunity:
      let contacts = Set(rows.map { $0["contact_id"] }.filter(DataCRMRow.isID)).sorted()
      var refusing: Set<String> = []
      for ids in contacts.chunked(by: Statement.listMax) {
        guard let condition = Statement.Condition("id", in: ids) else { continue }
        let found = try await link.rows(Statement("Contacts", condition))
        refusing.formUnion(found.filter { $0.refusesMail(places) }.map(\.id))
      }
      allowed = rows.filter { !refusing.contains($0["contact_id"]) }
    }
  }
}

extension DataCRMRow {
  fileprivate func refusesMail(_ places: DataCRMPlaces) -> Bool {
    ["1", "on", "true"].contains(self[places.refusesMail])
  }
}
