import Belt

/// The CRMs that a program can reach, by kind.
package struct CRMs: Sendable {
  /// Binds a CRM to the integration of these settings; cheap, and nothing is called by it.
  package typealias Binding = @Sendable (Settings) throws(CRMError) -> any CRM

  private let known: [CRMKind: Binding]

  package init(_ known: [CRMKind: Binding]) { self.known = known }

  /// - Throws: ``CRMError`` of code `configuration` for a kind that this version cannot reach, and for settings
  ///   that do not say where the account is.
  package func crm(of settings: Settings) throws(CRMError) -> any CRM {
    guard let bind = known[settings.crm] else {
      throw CRMError(
        .configuration,
        Reason(
          "crm_not_supported",
          "This version of Esteira has no adapter for the CRM \(settings.crm.rawValue)."
        )
      )
    }
    return try bind(settings)
  }
}
