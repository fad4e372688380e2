package import Postgres
package import Belt

/// What an error of the database means for the message in hand: the one place where it is decided.
///
/// Waited for is only what concerns everybody: a server that cannot be reached, is stopping or starting,
/// takes no more connections, has no disk left or may not write. Everything else is about what was asked
/// of it, and asked again as it was it would fail for ever.
extension PostgresError: Failure {
  package var disposition: Disposition {
    switch self {
    case .connect, .connectionLost, .poolExhausted, .timedOut, .shuttingDown, .cancelled: .stop
    case .overdue: .split
    case .server(let error), .pipelineAborted(let error): Self.disposition(of: error)
    case .encoding: .reject
    case .decoding: .retry
    }
  }

  private static func disposition(of error: ServerError) -> Disposition {
    if error.state.isConnectionLoss { return .stop }
    switch error.state {
    case .diskFull, .readOnlyTransaction: return .stop
    // A statement that took too long.
    case .queryCanceled: return .split
    case .lockNotAvailable, .deadlockDetected, .serializationFailure: return .busy
    case .notNullViolation: return .reject
    // Without a name it is a partition that is missing, which is not the value's fault.
    case .checkViolation where error.constraint != nil: return .reject
    default: break
    }
    switch error.state.rawValue.prefix(2) {
    // A value that the tables refuse, or that is larger than an index takes, will be refused again.
    case "22", "54": return .reject
    // No memory or locks left; a file that cannot be read.
    case "53", "58": return .split
    case "57": return .stop
    // A race (23505) is run again.
    default: return .retry
    }
  }

  package var reason: Reason {
    switch self {
    case .connect, .connectionLost: Reason("database_away", "The database cannot be reached.")
    case .poolExhausted: Reason("database_busy", "No connection to the database was free in time.")
    case .timedOut: Reason("database_slow", "The database did not answer in time.")
    case .overdue:
      Reason("database_overdue", "The database is there, but did not end this work in time.")
    case .shuttingDown, .cancelled: Reason("shutting_down", "The program is stopping.")
    case .server(let error), .pipelineAborted(let error):
      Reason("database_\(error.state.rawValue)", "The database refused a statement: \(error).")
    case .decoding, .encoding:
      Reason("database_error", "The database answered with something unexpected: \(self).")
    }
  }
}
