private import DedicatedThreads
internal import Logging

/// One session with the server, as the body of a lease or a transaction sees it.
///
/// libpq's handle is not thread-safe and waiting for the server blocks, so the actor runs on a
/// thread of its own. Its methods do not suspend: a synchronous body with an isolated connection
/// runs as a whole, and no other task's statement slips in between.
///
/// Opened, lent and replaced by ``PostgresPool``. Once the session is lost every method throws
/// `.connectionLost`; a connection is never reopened.
package actor PostgresConnection {
  /// Where the session is between `begin` and `commit`.
  enum Transaction: Equatable {
    case none
    /// Asked for, but `begin` waits for the first statement to travel with.
    case pending
    case open
    case failed(ServerError)
    case committed
  }

  private let thread: DedicatedThread
  private let options: PostgresOptions
  private let notices: NoticeLog
  var session: Session?
  var transaction = Transaction.none
  // The transaction failed on a statement that the server could no longer use.
  var hasStaleStatement = false

  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    thread.asUnownedSerialExecutor()
  }

  /// Not yet connected; see ``open()``.
  init(options: PostgresOptions, logger: Logger) {
    self.options = options
    notices = NoticeLog(logger)
    thread = DedicatedThread(name: "postgres")
  }

  isolated deinit {
    session = nil
    thread.stop()
  }

  /// Opens the session, within the connect time-out.
  func open() throws(PostgresError) {
    session = try Session(options, notices: notices)
  }

  /// Ends the session in good order; without it, the last reference does.
  func close() { session = nil }

  /// The server's process for this session, as in `pg_stat_activity.pid`; nil when it is lost.
  package var backendProcess: Int32? { session?.backendProcess }

  /// Runs statements in one round trip, in order.
  ///
  /// Outside a transaction they are one transaction of their own: all take effect or none.
  ///
  /// - Returns: One result per statement.
  /// - Throws: `.server` with the first failure; in a transaction that has failed already
  ///   `.pipelineAborted`; on a wire that broke or stalled `.connectionLost` or `.timedOut`
  ///   (from the pool `.overdue` when the server answers others).
  @discardableResult
  package func run(_ statements: [SQL]) throws(PostgresError) -> [Rows] {
    switch transaction {
    case .none: return try send(statements, .whole)
    case .pending:
      let rows = try send(statements, .begin)
      transaction = .open
      return rows
    case .open: return try send(statements, .within)
    case .failed(let error): throw .pipelineAborted(by: error)
    case .committed: preconditionFailure("a statement after the transaction's commit")
    }
  }

  /// Runs one statement, as ``run(_:)-([SQL])`` does.
  @discardableResult
  package func run(_ statement: SQL) throws(PostgresError) -> Rows {
    // One result per statement is what the other form promises.
    try run([statement])[0]
  }

  /// Runs the last statements of a transaction and commits it, in the same round trip.
  ///
  /// Only within the body of ``PostgresPool/transaction(retries:_:)``, once, and nothing after it.
  /// With no statements it commits what was run before.
  @discardableResult
  package func commit(_ statements: [SQL] = []) throws(PostgresError) -> [Rows] {
    switch transaction {
    case .pending:
      // All there is, so it needs neither begin nor commit.
      let rows = statements.isEmpty ? [] : try send(statements, .whole)
      transaction = .committed
      return rows
    case .open:
      let rows = try send(statements, .commit)
      transaction = .committed
      return rows
    case .failed(let error): throw .pipelineAborted(by: error)
    case .none: preconditionFailure("commit outside a transaction")
    case .committed: preconditionFailure("a transaction is committed once")
    }
  }

  /// Runs a text of several statements as they stand, without parameters, and drops their rows.
  ///
  /// For migrations. Outside a transaction they are one transaction of their own, unless the text
  /// begins and commits itself.
  package func script(_ text: String) throws(PostgresError) {
    if transaction == .pending { try run([]) }
    if case .failed(let error) = transaction { throw .pipelineAborted(by: error) }
    precondition(transaction != .committed, "a script after the transaction's commit")
    guard let session else { throw .connectionLost(commitUnknown: false) }
    do throws(PostgresError) {
      try session.script(text)
    } catch {
      fail(error)
      throw error
    }
  }

  private func send(_ statements: [SQL], _ framing: Session.Framing) throws(PostgresError) -> [Rows]
  {
    guard let session else { throw .connectionLost(commitUnknown: false) }
    do throws(Session.Failure) {
      return try session.run(statements, framing)
    } catch {
      // A transaction by itself is rolled back already, so it can simply be sent again; what was
      // stale is forgotten, which makes this happen once.
      if error.isStale, framing == .whole { return try send(statements, framing) }
      hasStaleStatement = error.isStale
      fail(error.cause)
      throw error.cause
    }
  }

  private func fail(_ error: PostgresError) {
    if transaction != .none, case .server(let error) = error { transaction = .failed(error) }
  }
}
