import Belt
import Leads

/// A contact or a client as DataCRM stores it.
struct RecordElement: Sendable {
  /// Written where DataCRM has nothing: what people wrote there stays.
  private var basic: [String: String] = [:]
  /// Of the mapping: they become these.
  private let mapped: [String: String]
  /// Without it no record can be made.
  private let name: String

  /// - Throws: ``CRMError`` of code `refused` for an address or a NIT that the column does not hold: cut,
  ///   it would be somebody else's.
  init(_ draft: RecordDraft, in account: DataCRMAccount, _ places: DataCRMPlaces)
    throws(CRMError)
  {
    mapped = try account.form(draft.kind).stored(draft.fields)
    switch draft.kind {
    case .contact:
      name = "lastname"
      // The whole name stands in the last one: so do DataCRM's own people.
      basic["lastname"] = draft.name?.nonBlank ?? draft.email ?? draft.phone
      basic["email"] = draft.email
      if let phone = draft.phone {
        let isMobile = PhoneNumber(phone, in: .colombia)?.kind == .mobile
        basic[isMobile ? "mobile" : "phone"] = phone
      }
      basic["account_id"] = draft.company?.id
      basic[places.rdUUID] = draft.keys.first { $0.kind == .rdUUID }?.value
    case .company, .opportunity:
      name = "accountname"
      basic["accountname"] = draft.name?.nonBlank
      basic[places.taxID] = draft.keys.first { $0.kind == .taxID }
        .flatMap { $0.value.split(separator: ":").last.map(String.init) }
    }
    for field in ["email", places.taxID] where !ColumnWidths.fits(basic[field] ?? "", in: field) {
      throw CRMError(
        .refused,
        Reason("datacrm_key_too_long", "DataCRM's field \(field) does not hold the whole value.")
      )
    }
    for (field, value) in basic {
      let text = ColumnWidths.fitting(value.trimmed, in: field)
      basic[field] = text.isEmpty ? nil : text
    }
  }

  /// Of a new record.
  func whole() throws(CRMError) -> [String: String] {
    let whole = basic.merging(mapped.filter { !$0.value.isEmpty }) { $1 }
    guard whole[name] != nil else {
      throw CRMError(
        .refused,
        Reason("datacrm_nameless", "DataCRM makes no record without a name.")
      )
    }
    return whole
  }

  /// What is to be changed of one that is there; empty when it is as it should be, since each save moves
  /// its time and starts the account's automatic tasks.
  func changes(of row: DataCRMRow) -> [String: String] {
    let filling = basic.filter { mapped[$0.key] == nil && row[$0.key].trimmed.isEmpty }
    let differing = mapped.filter { !StoredText.isSame(row[$0.key], $0.value) }
    return filling.merging(differing) { $1 }
  }
}
