import Logging
import Postgres
import TestKit
import Testing

@Suite struct PoolTests {
  @Test func `more callers than connections are all served`() async throws {
    try await withPool(size: 2) { pool in
      try await pool.run("create table t (n int)")
      try await withThrowingTaskGroup { group in
        for index in 0..<200 {
          group.addTask { try await pool.run("insert into t values (\(index))") }
        }
        try await group.waitForAll()
      }
      #expect(try await pool.run("select count(distinct n) from t")[0].int(0) == 200)
      #expect(pool.counts.open <= 2)
    }
  }

  @Test func `a caller who waits too long learns that the pool is exhausted`() async throws {
    try await withPool(size: 1, { $0.checkoutTimeout = .milliseconds(50) }) { pool in
      let release = Gate()
      async let holder: Void = pool.withConnection { _ in release.pass() }
      #expect(try await eventually { pool.counts.open == 1 })
      let error = try await postgresError { try await pool.ping() }
      release.open()
      try await holder
      #expect(error == .poolExhausted)
      try await pool.ping()
    }
  }

  @Test func `a caller who is cancelled while waiting leaves, and the pool goes on`() async throws {
    try await withPool(size: 1) { pool in
      let release = Gate()
      async let holder: Void = pool.withConnection { _ in release.pass() }
      #expect(try await eventually { pool.counts.open == 1 })
      let waiting = Task { try await pool.withConnection { _ in } }
      #expect(try await eventually { pool.counts.waiting == 1 })
      waiting.cancel()
      await #expect(throws: CancellationError.self) { try await waiting.value }
      #expect(pool.counts.waiting == 0)
      release.open()
      try await holder
      try await pool.ping()
    }
  }

  @Test func `a cancelled task gets no connection`() async throws {
    try await withPool(size: 1) { pool in
      let task = Task {
        withUnsafeCurrentTask { $0?.cancel() }
        _ = try await pool.run("select 1")
      }
      let error = try await postgresError { try await task.value }
      #expect(error == .cancelled)
    }
  }

  @Test func `a shutdown lets leases end, refuses the others and closes all`() async throws {
    try await withPool(size: 1) { pool in
      let release = Gate()
      let running = Task { await pool.run() }
      async let holder = pool.withConnection { connection in
        release.pass()
        return try connection.run("select 7")[0].int(0)
      }
      #expect(try await eventually { pool.counts.open == 1 })
      let waiting = Task { try await pool.run("select 1") }
      #expect(try await eventually { pool.counts.waiting == 1 })
      async let ended: Void = pool.shutdown()
      let refused = try await postgresError { try await waiting.value }
      #expect(refused == .shuttingDown)
      release.open()
      #expect(try await holder == 7)
      await ended
      await running.value
      #expect(pool.counts.open == 0)
      #expect(!pool.isHealthy)
    }
  }

  @Test func `cancelling the housekeeping shuts the pool down`() async throws {
    try await withPool(size: 1) { pool in
      try await pool.ping()
      let running = Task { await pool.run() }
      running.cancel()
      await running.value
      #expect(pool.counts.open == 0)
    }
  }

  @Test func `an old connection is replaced`() async throws {
    try await withPool(size: 1, { $0.lifetime = .zero }) { pool in
      let first = try await pool.withConnection { $0.backendProcess }
      let second = try await pool.withConnection { $0.backendProcess }
      #expect(first != second)
    }
  }

  @Test func `after a rest a connection is asked and kept`() async throws {
    try await withPool(size: 1, { $0.checkAfterIdle = .zero }) { pool in
      let first = try await pool.withConnection { $0.backendProcess }
      let second = try await pool.withConnection { $0.backendProcess }
      #expect(first == second)
    }
  }

  @Test func `a closed connection disappears from the server`() async throws {
    try await withPool(size: 1) { observer in
      let url = try await PrivatePostgres.freshDatabase()
      let pool = PostgresPool(url: url, size: 1, logger: Logger(label: "test"))
      let process = try await pool.withConnection { $0.backendProcess }
      let left: SQL = "select 1 from pg_stat_activity where pid = \(Int(try #require(process)))"
      #expect(try await observer.run(left).count == 1)
      await pool.shutdown()
      #expect(try await eventually { try await observer.run(left).isEmpty })
    }
  }

  @Test func `the session is set up as the options say`() async throws {
    try await withPool(size: 1, { $0.statementTimeout = .seconds(7) }) { pool in
      let row = try await pool.run(
        """
        select current_setting('statement_timeout'), current_setting('lock_timeout'),
          current_setting('idle_in_transaction_session_timeout'), current_setting('application_name'),
          current_setting('client_encoding')
        """
      )[0]
      let settings = try (0..<5).map { column in try row.string(.index(column)) }
      #expect(settings == ["7s", "5s", "30s", "esteira", "UTF8"])
    }
  }
}
