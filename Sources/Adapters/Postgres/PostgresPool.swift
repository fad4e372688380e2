package import Logging
private import Synchronization

/// A bounded set of connections to one database, lent one caller at a time.
///
/// Connections are opened when needed, replaced when lost or old, and checked before they are lent
/// after a long rest. While the server is away callers wait up to the checkout time-out, so a short
/// restart is a delay and not an error.
package final class PostgresPool: Sendable {
  private let options: PostgresOptions
  private let logger: Logger
  private let queue: ConnectionQueue
  private let answeredAt = Mutex<ContinuousClock.Instant?>(nil)

  package init(_ options: PostgresOptions, logger: Logger) {
    self.options = options
    self.logger = logger
    queue = ConnectionQueue(options, logger: logger)
  }

  /// A pool with the standard options.
  ///
  /// - Parameters:
  ///   - url: `postgres://…`, or `keyword=value` pairs as libpq takes them.
  ///   - size: How many connections at most, at least 1.
  ///   - logger: Gets notices of the server and failures to connect, at debug.
  package convenience init(url: String, size: Int, logger: Logger) {
    self.init(PostgresOptions(url: url, size: size), logger: logger)
  }

  /// Whether the last attempt to open a connection succeeded, or none was needed yet; asks nobody.
  package var isHealthy: Bool { queue.isHealthy }

  /// Since the server has last answered somebody; nil before the first time.
  ///
  /// Asks nobody.
  package var silence: Duration? { answeredAt.withLock { $0 }.map { .now - $0 } }

  /// How busy the pool is now, for gauges.
  package var counts: PoolCounts { queue.counts }

  /// Lends a connection to a synchronous body and takes it back.
  ///
  /// The body runs on the connection's thread. A transaction that it leaves open is rolled back.
  ///
  /// - Throws: What the body throws; `.poolExhausted` or `.connect` when there was no connection in
  ///   time; `CancellationError` when cancelled before there was one.
  @discardableResult
  package func withConnection<Value: Sendable>(
    _ body: @Sendable (isolated PostgresConnection) throws -> Value
  ) async throws -> Value {
    do {
      return try await lend(body).get()
    } catch PostgresError.cancelled {
      throw CancellationError()
    }
  }

  /// Runs a synchronous body as one transaction: committed when it returns, rolled back when it
  /// throws.
  ///
  /// `begin` travels with the body's first statements, and `connection.commit([…])` lets the last
  /// ones carry the commit, so load and commit are two round trips. A body that returns without it
  /// is committed in a further one.
  ///
  /// The body may run more than once and must have no other effects: after a deadlock or a
  /// serialization failure it is run again from its beginning, after a pause with jitter.
  ///
  /// - Parameters:
  ///   - retries: How often to run again, at least 0.
  ///   - body: Must not catch the error of a statement and go on: the transaction is over, and what
  ///     it returns is replaced by that error.
  /// - Returns: What the body returned when it was committed.
  /// - Throws: What the body throws; `.connectionLost(commitUnknown: true)` when the wire broke on
  ///   the commit, and see ``withConnection(_:)``.
  @discardableResult
  package func transaction<Value: Sendable>(
    retries: Int = 3,
    _ body: @Sendable (isolated PostgresConnection) throws -> Value
  ) async throws -> Value {
    do {
      return try await commit(retries: retries, body)
    } catch PostgresError.cancelled {
      throw CancellationError()
    }
  }

  /// Runs statements on any connection in one round trip, as one transaction of their own.
  @discardableResult
  package func run(_ statements: [SQL]) async throws(PostgresError) -> [Rows] {
    try await lend { connection throws(PostgresError) in try connection.run(statements) }.get()
  }

  /// Runs one statement on any connection.
  @discardableResult
  package func run(_ statement: SQL) async throws(PostgresError) -> Rows {
    try await lend { connection throws(PostgresError) in try connection.run(statement) }.get()
  }

  /// Asks the server for a sign of life, for readiness probes.
  package func ping() async throws(PostgresError) {
    try await run("select 1")
  }

  /// Closes connections that have grown old while idle; returns after ``shutdown()``.
  ///
  /// The pool works without it; old connections are then replaced only when they are needed.
  /// Cancelling it shuts the pool down.
  package func run() async {
    await withTaskCancellationHandler {
      await withTaskGroup { group in
        group.addTask { await self.keepFresh() }
        await self.queue.drained()
        group.cancelAll()
      }
    } onCancel: {
      queue.beginShutdown()
    }
  }

  /// Refuses new callers, waits until all leases have ended, and closes every connection.
  package func shutdown() async {
    await queue.closeIdle()
    await queue.drained()
  }

  private func keepFresh() async {
    while true {
      do {
        try await Task.sleep(for: .seconds(1))
      } catch {
        // Cancelled: the pool is drained.
        return
      }
      queue.closeExpired()
    }
  }
}

// MARK: Lending

extension PostgresPool {
  private func lend<Value: Sendable, Failure: Error>(
    _ body: @Sendable (isolated PostgresConnection) throws(Failure) -> Value
  ) async throws(PostgresError) -> Result<Value, Failure> {
    let deadline = ContinuousClock.now + options.checkoutTimeout
    var lease = try await queue.acquire(by: deadline)
    while true {
      switch await lease.connection.use(check: lease.check, body) {
      case .ended(let result, let usable):
        queue.giveBack(lease, usable: usable)
        guard case .failure(let error) = result else {
          answeredAt.withLock { $0 = .now }
          return result
        }
        renewIfReadOnly(error)
        if await isOverdue(error) { throw .overdue }
        return result
      case .dead:
        queue.giveBack(lease, usable: false)
        lease = try await queue.acquire(by: deadline, again: true)
      }
    }
  }

  private func commit<Value: Sendable>(
    retries: Int,
    _ body: @Sendable (isolated PostgresConnection) throws -> Value
  ) async throws -> Value {
    let deadline = ContinuousClock.now + options.checkoutTimeout
    var lease = try await queue.acquire(by: deadline)
    var conflicts = 0
    var hasBeenStale = false
    while true {
      let attempt = await lease.connection.attempt(check: lease.check, body)
      guard case .ended(let result, let repeatable, let usable) = attempt else {
        queue.giveBack(lease, usable: false)
        lease = try await queue.acquire(by: deadline, again: true)
        continue
      }
      lease.check = false
      switch repeatable {
      case .afterConflict where conflicts < retries:
        conflicts += 1
        do {
          try await Task.sleep(for: Self.pause(beforeRetry: conflicts))
        } catch {
          queue.giveBack(lease, usable: usable)
          throw error
        }
      case .afterStaleStatement where !hasBeenStale: hasBeenStale = true
      default:
        queue.giveBack(lease, usable: usable)
        guard case .failure(let error) = result else {
          answeredAt.withLock { $0 = .now }
          return try result.get()
        }
        renewIfReadOnly(error)
        if await isOverdue(error) { throw PostgresError.overdue }
        throw error
      }
    }
  }

  // Two that met in a deadlock must not meet again at once.
  private static func pause(beforeRetry number: Int) -> Duration {
    .milliseconds(Int.random(in: 2...(10 << min(number, 6))))
  }

  /// Whether an answer that did not come in time is a matter of the work: the server takes a new
  /// connection, so it is not the server that stands still.
  private func isOverdue(_ error: any Error) async -> Bool {
    guard let error = error as? PostgresError, error == .timedOut else { return false }
    var options = options
    options.responseTimeout = options.connectTimeout
    let probe = PostgresConnection(options: options, logger: logger)
    do throws(PostgresError) {
      try await probe.open()
    } catch {
      logger.debug("the database does not answer", metadata: ["error": "\(error)"])
      return false
    }
    await probe.close()
    return true
  }

  private func renewIfReadOnly(_ error: any Error) {
    let state = (error as? PostgresError)?.serverError?.state
    guard state == .readOnlyTransaction else { return }
    logger.debug("the database became read-only; all connections are replaced")
    queue.renew()
  }
}
