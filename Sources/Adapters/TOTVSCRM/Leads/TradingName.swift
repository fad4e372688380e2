import Belt
import Leads

/// A lead's company, which TOTVS CRM keeps as the lead's `tradingName` and not as a record: a customer
/// there belongs to the ERP, and no lead makes one.
///
/// So what stands for the company's record is its name, which is all that the lead needs of it.
struct TradingName: Sendable, Hashable {
  private static let sign = "tradingName:"

  let text: String

  init(_ text: String) { self.text = text }

  /// Nil for a record of another kind.
  init?(of record: CRMRecord) {
    guard record.id.hasPrefix(Self.sign) else { return nil }
    text = String(record.id.dropFirst(Self.sign.count))
  }

  /// - Throws: ``CRMError`` of code `configuration` for a draft with fields, or without a name.
  init(of draft: RecordDraft) throws(CRMError) {
    guard let name = (draft.name ?? draft.record.flatMap(Self.init(of:))?.text)?.nonBlank,
      draft.fields.isEmpty
    else { throw .noCompanyRecord }
    self.init(name)
  }

  var record: CRMRecord { CRMRecord(id: Self.sign + text) }
}

extension CRMError {
  fileprivate static let noCompanyRecord = CRMError(
    .configuration,
    Reason(
      "totvs_company_is_a_name",
      "In TOTVS CRM a lead's company is a name in the lead; it takes no fields of its own."
    )
  )
}
