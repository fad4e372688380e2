package import StrictJSON

/// What one check of the doctor found.
package struct Finding: Sendable, Hashable {
  package enum State: String, Sendable {
    case ok, warning, wrong
    /// It needs something that another check found wrong.
    case skipped
  }

  package let check: String
  package let state: State
  package let detail: String
  /// What to do; nil when there is nothing to do.
  package var remedy: String?
}

extension Finding: JSONForm {
  package var json: JSON {
    [
      "check": .string(check), "state": .string(state.rawValue), "detail": .string(detail),
      "remedy": .optional(remedy),
    ]
  }
}
