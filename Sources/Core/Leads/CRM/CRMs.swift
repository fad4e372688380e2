import Belt

/// The CRMs that a program can reach, by kind.
package struct CRMs: Sendable {
  /// Binds a CRM to an integration; cheap, and nothing is called by it.
  package typealias Binding = @Sendable (_ integration: String) -> any CRM

  private let known: [CRMKind: Binding]

  package init(_ known: [CRMKind: Binding]) { self.known = known }

  /// - Throws: ``CRMError`` of code `configuration` for a kind that this version cannot reach.
  package func crm(_ kind: CRMKind, of integration: String) throws(CRMError) -> any CRM {
    guard let bind = known[kind] else {
      throw CRMError(
        .configuration,
        Reason(
          "crm_not_supported",
          "This version of Esteira has no adapter for the CRM \(kind.rawValue)."
        )
      )
    }
    return bind(integration)
  }
}
