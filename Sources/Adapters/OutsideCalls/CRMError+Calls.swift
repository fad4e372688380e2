package import Belt
package import Leads

/// From what became of a call to what the port of the CRMs says of it: one way for every adapter.
extension CRMError {
  /// - Parameters:
  ///   - error: Of a call to a CRM; its reason is kept.
  ///   - isOfSettings: Whether a refusal is about what the settings name, so that a person mends it there.
  package init(_ error: CallError, isOfSettings: Bool) {
    let code: Code =
      switch error.meaning {
      case .wait(let wait): .rateLimited(after: wait)
      case .login: .loginEnded
      case .retry: .unavailable
      case .unknown: .outcomeUnknown
      case .refused: isOfSettings ? .configuration : .refused
      }
    self.init(code, error.reason)
  }
}
