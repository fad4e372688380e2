/// Everything that can go wrong between us and the database.
///
/// `description` is safe to log: it never holds a parameter, a row or a password.
package enum PostgresError: Error, Sendable, Equatable {
  /// The server refused a statement; the transaction it was part of is rolled back.
  case server(ServerError)
  /// No session could be opened; the text says why, and from where.
  case connect(String)
  /// The session ended. With `commitUnknown` the last thing sent included the commit (or was an
  /// implicit transaction), and only reading back can tell whether it took place. Without, nothing
  /// was committed.
  case connectionLost(commitUnknown: Bool)
  /// No connection became free within the pool's checkout time-out.
  case poolExhausted
  /// The server did not answer in time, nor did it take a new connection. The old one is dropped; as
  /// with a lost connection, what was sent last may still take place.
  case timedOut
  /// The server did not answer in time, and does answer others: what was asked of it takes too long.
  /// Otherwise as ``timedOut``.
  case overdue
  /// A statement was run in a transaction that an earlier error had already ended.
  case pipelineAborted(by: ServerError)
  /// A result does not hold what the caller reads from it.
  case decoding(column: String, expected: String)
  /// A parameter (counted from 1; 0 is the statement's own text) cannot be sent as it is. Nothing
  /// was sent.
  case encoding(parameter: Int, reason: String)
  /// The task was cancelled while it waited for a connection. Nothing was sent.
  case cancelled
  /// The pool is being, or has been, shut down.
  case shuttingDown

  /// The server's answer, where there is one.
  package var serverError: ServerError? {
    switch self {
    case .server(let error), .pipelineAborted(let error): error
    default: nil
    }
  }

  package var isUniqueViolation: Bool { serverError?.state == .uniqueViolation }

  /// Whether the whole transaction should be run again at once; the pool does that by itself.
  package var isTransient: Bool { serverError?.state.isTransient ?? false }

  /// Whether the session is gone, whatever the cause.
  package var isConnectionLoss: Bool {
    switch self {
    case .connect, .connectionLost, .timedOut, .overdue: true
    default: serverError?.state.isConnectionLoss ?? false
    }
  }

  /// Whether what was sent last may have been committed although the caller got an error.
  package var isCommitUnknown: Bool {
    switch self {
    case .connectionLost(let commitUnknown): commitUnknown
    case .timedOut, .overdue: true
    default: false
    }
  }
}

extension PostgresError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .server(let error): "the database refused a statement: \(error)"
    case .connect(let reason): "cannot connect to the database: \(reason)"
    case .connectionLost(commitUnknown: true):
      "the database connection was lost; whether the last commit took place is unknown"
    case .connectionLost(commitUnknown: false): "the database connection was lost"
    case .poolExhausted: "no database connection became free in time"
    case .timedOut: "the database did not answer in time"
    case .overdue: "the database answers, but did not end this work in time"
    case .pipelineAborted(let error): "the transaction had already failed: \(error)"
    case .decoding(let column, let expected): "column \(column) does not hold \(expected)"
    case .encoding(let parameter, let reason):
      parameter == 0 ? "the statement \(reason)" : "parameter $\(parameter) \(reason)"
    case .cancelled: "cancelled while waiting for a database connection"
    case .shuttingDown: "the database pool is shutting down"
    }
  }
}
