package import Belt

/// The CRMs that a program can reach, by kind.
package struct CRMs: Sendable {
  private let known: [CRMKind: any CRM]

  package init(_ known: [CRMKind: any CRM]) { self.known = known }

  /// - Throws: ``CRMError`` of code `configuration` for a kind that this version cannot reach.
  package func crm(_ kind: CRMKind) throws(CRMError) -> any CRM {
    guard let crm = known[kind] else {
      throw CRMError(
        .configuration,
        Reason(
          "crm_not_supported",
          "This version of Esteira has no adapter for the CRM \(kind.rawValue)."
        )
      )
    }
    return crm
  }
}

extension CRMError {
  /// What a stage answers for a message that met this error.
  package var outcome: Outcome {
    switch code {
    case .rateLimited(let wait): .snooze(wait, reason)
    case .unavailable, .outcomeUnknown: .retry(reason)
    case .refused, .configuration: .reject(reason)
    }
  }
}
