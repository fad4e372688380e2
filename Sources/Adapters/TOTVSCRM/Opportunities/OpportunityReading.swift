import Belt
import Leads
import StrictJSON

/// An opportunity as TOTVS CRM shows it (totvs-crm.md 6.4).
struct OpportunityReading: Sendable {
  let row: JSON
  /// Rises with each change, and guards an update that names it: assumed, as the documented 409 “merge
  /// error” is what such a number is for.
  let version: Int

  init(_ row: JSON) throws(CRMError) {
    guard let version = row["version"]?.int else { throw .unreadable("a record without version") }
    self.row = row
    self.version = version
  }

  /// - Throws: ``CRMError`` of code `refused` for a status that the table does not have: nothing may be
  ///   told to RD Station then.
  func state(stages: [TOTVSTenant.Entry], tagField: String?) throws(CRMError) -> OpportunityState {
    guard let (status, word) = row["status"]?.string.flatMap({ Self.statuses[$0] }) else {
      throw CRMError(
        .refused,
        Reason("totvs_status_unknown", "TOTVS CRM shows a status that Esteira does not know.")
      )
    }
    let stage = row["stageId"]?.string ?? ""
    let reason = row["lossReason"]?["description"]?.string?.nonBlank
    return OpportunityState(
      status: status,
      stage: stages.first { "\($0.id)" == stage }?.description ?? stage,
      value: Self.money(row["value"]),
      lossReason: status == .lost ? reason ?? word : nil,
      tags: tagField.map { TagText(in: CustomFields.value($0, in: row)).tags } ?? [],
      version: version
    )
  }

  /// `PROGRESS` is documented, the others' spelling is assumed; one that was discarded is lost for RD
  /// Station, with that word where no reason is given.
  private static let statuses: [String: (OpportunityState.Status, word: String?)] = [
    "PROGRESS": (.open, nil), "OPEN": (.open, nil), "IN_PROGRESS": (.open, nil),
    "WON": (.won, nil), "LOST": (.lost, nil), "DISCARDED": (.lost, "Descartada"),
  ]

  /// A number as decimal text with two places; nil for anything else.
  static func money(_ value: JSON?) -> String? {
    guard case .number(let digits)? = value, let number = DecimalText(digits) else { return nil }
    let parts = number.text.split(separator: ".")
    guard parts.count == 2 else { return "\(number.text).00" }
    let cents = parts[1].count == 1 ? "\(parts[1])0" : parts[1]
    return "\(parts[0]).\(cents)"
  }
}
