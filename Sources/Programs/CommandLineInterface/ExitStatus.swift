package import Operations

/// With what the program ends: the one place where a refusal's kind becomes a number.
package enum ExitStatus {
  /// Refused, failed, or found something wrong.
  package static let failed: Int32 = 1
  /// Wrong usage or settings.
  package static let usage: Int32 = 2
  /// EX_TEMPFAIL: the same command may succeed later.
  package static let again: Int32 = 75

  package static func of(_ kind: Refusal.Kind) -> Int32 {
    switch kind {
    case .invalid: usage
    case .notFound, .conflict, .failed: failed
    case .unavailable: again
    }
  }
}
