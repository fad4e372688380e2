private import Glibc
import Operations

/// With what the program ends: the one place where a refusal's kind becomes a number.
enum ExitStatus {
  /// Refused, failed, or found something wrong.
  static let failed: Int32 = 1
  /// Wrong usage or settings.
  static let usage: Int32 = 2
  /// EX_TEMPFAIL: the same command may succeed later.
  static let again: Int32 = 75

  static func of(_ kind: Refusal.Kind) -> Int32 {
    switch kind {
    case .invalid: usage
    case .notFound, .conflict, .failed: failed
    case .unavailable: again
    }
  }
}
