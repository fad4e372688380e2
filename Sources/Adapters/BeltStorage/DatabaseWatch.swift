package import Logging
package import Postgres
private import Synchronization
private import Belt

/// Asks PostgreSQL whether it is there when nobody else has for two seconds, and while work stands still,
/// which lock it waits for: an idle program would not notice otherwise that the database is away.
package final class DatabaseWatch: Sendable {
  /// What the last looks have shown.
  package struct View: Sendable, Hashable {
    /// Since the last answer.
    package var silence: Duration
    /// Why the last question was not answered; nil when it was.
    package var fault: String?
    /// The lock that work waits for, and who holds it; nil when it waits for none.
    package var lock: String?

    package init(silence: Duration = .zero, fault: String? = nil, lock: String? = nil) {
      self.silence = silence
      self.fault = fault
      self.lock = lock
    }

    /// An answer may take as long as a statement in a busy pool.
    package var isAnswering: Bool { fault == nil && silence < .seconds(8) }
  }

  private struct State {
    var answeredAt = ContinuousClock.now
    var fault: String?
    var lock: String?
    var lockSeenAt = ContinuousClock.now
  }

  /// A lock that is asked for anew after each time-out is not seen at every look.
  private static let lockMemory = Duration.seconds(5)
  private static let rest = Duration.seconds(2)

  private let pool: PostgresPool
  private let logger: Logger
  private let state = Mutex(State())

  package init(pool: PostgresPool, logger: Logger) {
    self.pool = pool
    self.logger = logger
  }

  package var view: View {
    state.withLock { state in
      View(silence: .now - state.answeredAt, fault: state.fault, lock: state.lock)
    }
  }

  /// Looks until the task is cancelled.
  ///
  /// - Parameter standsStill: Whether work is in hand and has not moved for a while.
  package func run(standsStill: @Sendable () -> Bool) async {
    while !Task.isCancelled {
      await look(standsStill: standsStill(), after: Self.rest)
      do {
        try await ContinuousClock().sleep(for: Self.rest)
      } catch {
        // Only cancellation ends the wait early.
        return
      }
    }
  }

  /// Looks once; nobody is asked when the server has answered within `rest`.
  package func look(standsStill: Bool, after rest: Duration = .zero) async {
    let lock: String?
    do throws(PostgresError) {
      if standsStill {
        lock = try await waitingLock()
      } else {
        if pool.silence.map({ $0 >= rest }) ?? true { try await pool.ping() }
        lock = nil
      }
    } catch {
      // A pool in which everybody works says nothing of the server; its silence is told as such.
      if case .poolExhausted = error { return }
      logger.debug("the database does not answer", metadata: ["reason": "\(error.reason.code)"])
      state.withLock { $0.fault = error.reason.sentence }
      return
    }
    state.withLock { state in
      state.answeredAt = .now
      state.fault = nil
      if let lock {
        state.lock = lock
        state.lockSeenAt = .now
      } else if !standsStill || .now - state.lockSeenAt > Self.lockMemory {
        state.lock = nil
      }
    }
  }

  /// Of the sessions of this program's name, the one that has waited longest for a lock.
  private func waitingLock() async throws(PostgresError) -> String? {
    let rows = try await pool.run(
      """
      select coalesce((select string_agg(distinct coalesce(l.relation::regclass::text, l.locktype),
          ', ') from pg_locks l where l.pid = a.pid and not l.granted), a.wait_event, 'unknown'),
        coalesce((select string_agg(distinct 'process ' || b.pid
          || coalesce(' (' || nullif(b.application_name, '') || ')', ''), ', ')
          from pg_stat_activity b where b.pid = any(pg_blocking_pids(a.pid))), 'nobody any more')
      from pg_stat_activity a
      where a.application_name = current_setting('application_name')
        and a.datname = current_database() and a.wait_event_type = 'Lock'
        and a.state_change < now() - interval '1 second'
      order by a.query_start limit 1
      """
    )
    guard let row = rows.first else { return nil }
    return "a lock on \(try row.string(0)) that \(try row.string(1)) holds"
  }
}
