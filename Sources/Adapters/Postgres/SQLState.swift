/// The five characters by which PostgreSQL names a condition (its documentation, appendix A).
package struct SQLState: Sendable, Hashable, RawRepresentable {
  package let rawValue: String

  package init(rawValue: String) { self.rawValue = rawValue }

  package static let uniqueViolation = SQLState(rawValue: "23505")
  package static let foreignKeyViolation = SQLState(rawValue: "23503")
  package static let notNullViolation = SQLState(rawValue: "23502")
  package static let checkViolation = SQLState(rawValue: "23514")
  package static let exclusionViolation = SQLState(rawValue: "23P01")
  package static let serializationFailure = SQLState(rawValue: "40001")
  package static let deadlockDetected = SQLState(rawValue: "40P01")
  package static let lockNotAvailable = SQLState(rawValue: "55P03")
  package static let diskFull = SQLState(rawValue: "53100")
  package static let queryCanceled = SQLState(rawValue: "57014")
  package static let readOnlyTransaction = SQLState(rawValue: "25006")
  package static let undefinedTable = SQLState(rawValue: "42P01")
  package static let invalidStatementName = SQLState(rawValue: "26000")
  package static let featureNotSupported = SQLState(rawValue: "0A000")

  /// Whether the same transaction, run again from its beginning, is expected to succeed.
  package var isTransient: Bool { self == .serializationFailure || self == .deadlockDetected }

  /// Whether the server has closed the session, or refused to open it, for reasons of its own.
  package var isConnectionLoss: Bool {
    switch rawValue {
    // Shutdown, crash, still starting, idle session, idle in transaction, too many connections.
    case "57P01", "57P02", "57P03", "57P05", "25P03", "53300": true
    default: rawValue.hasPrefix("08")
    }
  }
}
