private import Belt

/// A lead's standard fields as TOTVS CRM holds them: at most 255 Unicode scalars each (B187–B197).
package struct TOTVSStandardFields: Sendable, Hashable {
  private let values: [TOTVSField: String]
  /// One sentence for each field that was cut or left out.
  package let warnings: [String]

  /// Trims and cuts every field; a text that is no e-mail address is left out.
  ///
  /// - Throws: ``CRMError`` of code `refused` for an e-mail address that is too long: a part of it
  ///   would be another person's (R40).
  package init(of lead: LeadProfile) throws(CRMError) {
    var values: [TOTVSField: String] = [:]
    var warnings: [String] = []
    for field in TOTVSField.allCases {
      guard let text = field.value(of: lead) else { continue }
      let (fitting, wasCut) = FieldLength.fitting(text)
      if field == .email {
        guard !wasCut else { throw Self.emailTooLong }
        guard EmailAddress(text) != nil else {
          warnings.append("RD Station's “\(field.rawValue)” is no e-mail address and was left out.")
          continue
        }
      }
      values[field] = fitting
      if wasCut {
        warnings.append(
          "RD Station's “\(field.rawValue)” is longer than the \(FieldLength.max) characters that "
            + "TOTVS CRM holds; the rest was cut."
        )
      }
    }
    self.values = values
    self.warnings = warnings
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
