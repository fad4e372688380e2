import Belt
package import Leads

/// A lead's standard fields as TOTVS CRM holds them: at most 255 Unicode scalars each (B187–B197).
package struct TOTVSStandardFields: Sendable, Hashable {
  private let values: [TOTVSField: String]
  /// The draft's other fields, which need custom fields of the tenant.
  package let others: [FieldValue]

  /// Trims and cuts every field; a text that is no e-mail address is left out.
  ///
  /// A field that the settings map goes before what the draft itself says.
  /// - Throws: ``CRMError`` of code `refused` for an e-mail address that is too long: a part of it
  ///   would be another person's (R40).
  package init(of draft: RecordDraft) throws(CRMError) {
    let isMobile = draft.keys.contains { $0.kind == .mobile }
    var given: [TOTVSField: String] = [:]
    given[.name] = draft.name
    given[.email] = draft.email
    given[isMobile ? .mobile : .phone] = draft.phone
    given[.company] = draft.company.flatMap(TradingName.init(of:))?.text
    var others: [FieldValue] = []
    for field in draft.fields {
      if let standard = TOTVSField(rawValue: field.name) {
        given[standard] = field.value.nonBlank ?? given[standard]
      } else {
        others.append(field)
      }
    }
    self.others = others
    var values: [TOTVSField: String] = [:]
    for (field, text) in given {
      guard let text = text.nonBlank else { continue }
      let (fitting, wasCut) = FieldLength.fitting(text)
      if field == .email {
        guard !wasCut else { throw Self.emailTooLong }
        guard EmailAddress(text) != nil else { continue }
      }
      values[field] = fitting
    }
    self.values = values
  }

  package subscript(field: TOTVSField) -> String? { values[field] }

  private static var emailTooLong: CRMError {
    CRMError(
      .refused,
      Reason(
        "email_too_long",
        "RD Station's “\(TOTVSField.email.rawValue)” is longer than the \(FieldLength.max) "
          + "characters that TOTVS CRM holds, and an address cannot be cut."
      )
    )
  }
}
