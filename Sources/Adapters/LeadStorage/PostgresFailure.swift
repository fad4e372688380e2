package import Postgres
package import Workers

/// What an error of the database means for the message in hand.
extension PostgresError: Failure {
  package var disposition: Disposition {
    switch self {
    case .connect, .connectionLost, .poolExhausted, .timedOut, .shuttingDown: .stop
    case .server(let error) where error.state.isConnectionLoss: .stop
    case .server(let error) where ["53", "57", "58"].contains(error.state.rawValue.prefix(2)): .stop
    // A value that the tables refuse will be refused again; a race (23505) is run again.
    case .server(let error) where error.state.rawValue.hasPrefix("22"): .reject
    case .encoding: .reject
    case .server, .pipelineAborted, .decoding, .cancelled: .retry
    }
  }

  package var reason: Reason {
    switch self {
    case .connect, .connectionLost: Reason("database_away", "The database cannot be reached.")
    case .poolExhausted: Reason("database_busy", "No connection to the database was free in time.")
    case .timedOut: Reason("database_slow", "The database did not answer in time.")
    case .shuttingDown: Reason("shutting_down", "The program is stopping.")
    case .server(let error):
      Reason("database_\(error.state.rawValue)", "The database refused a statement: \(error).")
    case .pipelineAborted, .decoding, .encoding, .cancelled:
      Reason("database_error", "The database answered with something unexpected: \(self).")
    }
  }
}
