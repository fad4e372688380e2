package import StrictJSON

/// What became of the login of an integration, for the person who gave one.
package enum LoginReport: Sendable, Hashable {
  case replaced(account: String?)
  case kept(String)
  case notTried(String)
}

extension LoginReport: JSONForm {
  package var json: JSON {
    switch self {
    case .replaced(let account): ["state": "replaced", "account": .optional(account)]
    case .kept(let why): ["state": "kept", "why": .string(why)]
    case .notTried(let why): ["state": "not_tried", "why": .string(why)]
    }
  }
}
