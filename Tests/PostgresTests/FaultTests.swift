import Logging
import Postgres
import TestKit
import Testing

/// Sessions and servers that end at the worst moment.
@Suite struct FaultTests {
  @Test func `a session that ended while idle is replaced before anyone notices`() async throws {
    try await withPool(size: 1) { pool in
      try await withPool(size: 1) { observer in
        for _ in 0..<3 {
          let process = try #require(try await pool.withConnection { $0.backendProcess })
          try await terminate(process, through: observer)
          let other = try await pool.withConnection { connection in
            try connection.run("select 1")
            return connection.backendProcess
          }
          #expect(other != process)
        }
      }
    }
  }

  @Test func `a session that ends within a transaction has committed nothing`() async throws {
    try await withPool(size: 1) { pool in
      try await pool.run("create table t (n int)")
      let error = try await postgresError {
        try await pool.transaction { connection in
          try connection.run("insert into t values (1)")
          try connection.run("select pg_terminate_backend(pg_backend_pid())")
          try connection.commit(["insert into t values (2)"])
        }
      }
      #expect(error == .connectionLost(commitUnknown: false))
      #expect(try await pool.run("select count(*) from t")[0].int(0) == 0)
    }
  }

  @Test func `a session that ends between two statements is noticed by the second`() async throws {
    try await withPool(size: 1) { pool in
      try await pool.run("create table t (n int)")
      try await withPool(size: 1) { observer in
        let (processes, report) = AsyncStream.makeStream(of: Int32.self)
        let gone = Gate()
        async let outcome = postgresError {
          try await pool.transaction { connection in
            try connection.run("insert into t values (1)")
            report.yield(connection.backendProcess ?? 0)
            gone.pass()
            try connection.commit()
          }
        }
        let process = try #require(await processes.first { _ in true })
        try await terminate(process, through: observer)
        gone.open()
        // The commit was sent, so without an answer nobody can know; the caller reads back.
        let error = try await outcome
        #expect(error?.isConnectionLoss == true)
      }
      #expect(try await pool.run("select count(*) from t")[0].int(0) == 0)
    }
  }

  @Test(arguments: [true, false])
  func `a session that ends during its commit leaves the outcome open`(loads: Bool) async throws {
    try await withPool(size: 1) { pool in
      try await pool.withConnection {
        try $0.script(
          """
          create table t (n int);
          create function stop() returns trigger language plpgsql as $$
          begin perform pg_terminate_backend(pg_backend_pid()); perform pg_sleep(10); return null; end
          $$;
          create constraint trigger stop after insert on t
            deferrable initially deferred for each row execute function stop();
          """
        )
      }
      let error = try await postgresError {
        try await pool.transaction { connection in
          if loads { try connection.run("select 1") }
          try connection.commit(["insert into t values (1)"])
        }
      }
      #expect(error == .connectionLost(commitUnknown: true))
      #expect(error?.isCommitUnknown == true)
      #expect(try await pool.run("select count(*) from t")[0].int(0) == 0)
    }
  }

  @Test func `a pool heals when its server comes back`() async throws {
    let server = try await PrivatePostgres()
    try await withPool(size: 3, server: server) { pool in
      try await pool.run("create table t (n int)")
      try await withThrowingTaskGroup { group in
        for index in 0..<3 {
          group.addTask { try await pool.run("insert into t values (\(index))") }
        }
        try await group.waitForAll()
      }
      try await server.kill()
      // Asked for while the server is away, answered when it is back.
      async let early = pool.run("select count(*) from t")[0].int(0)
      try await server.start()
      #expect(try await early == 3)
      try await withThrowingTaskGroup { group in
        for index in 0..<20 {
          group.addTask { try await pool.run("insert into t values (\(index))") }
        }
        try await group.waitForAll()
      }
      #expect(pool.isHealthy)
    }
    await server.stop()
  }

  @Test func `a server that is killed at work keeps what it confirmed`() async throws {
    let server = try await PrivatePostgres()
    try await withPool(size: 4, server: server, { $0.checkoutTimeout = .seconds(1) }) { pool in
      try await pool.run("create table t (n int)")
      let confirmed = Counter()
      let unknown = Counter()
      try await withThrowingTaskGroup { group in
        for _ in 0..<4 {
          group.addTask {
            do {
              while true {
                try await pool.run("insert into t values (1)")
                confirmed.increment()
              }
            } catch let error as PostgresError where error.isConnectionLoss {
              if error.isCommitUnknown { unknown.increment() }
            }
          }
        }
        #expect(try await eventually { confirmed.value > 20 })
        try await server.kill()
        try await group.waitForAll()
      }
      try await server.start()
      // The pool's pause before its next attempt may be longer than anybody waits here.
      #expect(try await eventually { (try? await pool.ping()) != nil })
      let count = try await pool.run("select count(*) from t")[0].int(0)
      #expect(count >= confirmed.value)
      #expect(count <= confirmed.value + unknown.value)
    }
    await server.stop()
  }

  @Test func `a server that stands still is given up in time`() async throws {
    let server = try await PrivatePostgres()
    let limit = Duration.milliseconds(500)
    try await withPool(
      size: 1,
      server: server,
      {
        $0.responseTimeout = limit
        $0.connectTimeout = limit
        $0.checkoutTimeout = limit
      }
    ) { pool in
      let process = try await pool.withConnection { $0.backendProcess }
      await server.freeze()
      let started = ContinuousClock.now
      let error = try await postgresError { try await pool.run("select 1") }
      let waited = started.duration(to: .now)
      #expect(error == .timedOut)
      #expect(waited >= limit)
      #expect(waited < limit * 4)
      // The connection is gone, so this waits for a new one, which does not come either.
      let refused = try await postgresError { try await pool.run("select 1") }
      guard case .connect = refused else {
        Issue.record("\(String(describing: refused))")
        return
      }
      await server.thaw()
      #expect(
        try await eventually {
          try await postgresError { try await pool.ping() } == nil
        }
      )
      #expect(try await pool.withConnection { $0.backendProcess } != process)
    }
    await server.stop()
  }

  @Test func `a statement that takes too long is cancelled by the server`() async throws {
    try await withPool(size: 1, { $0.statementTimeout = .milliseconds(100) }) { pool in
      let process = try await pool.withConnection { $0.backendProcess }
      let error = try await postgresError { try await pool.run("select pg_sleep(20)") }
      #expect(error?.serverError?.state == .queryCanceled)
      #expect(try await pool.withConnection { $0.backendProcess } == process)
    }
  }

  @Test func `an answer that does not come from a server that answers others is told apart`()
    async throws
  {
    try await withPool(
      size: 1,
      {
        $0.statementTimeout = .zero
        $0.responseTimeout = .milliseconds(200)
      }
    ) { pool in
      let slow = try await postgresError { try await pool.run("select pg_sleep(20)") }
      #expect(slow == .overdue)
      let inside = try await postgresError {
        try await pool.transaction { try $0.run("select pg_sleep(20)") }
      }
      #expect(inside == .overdue)
      try await pool.ping()
    }
  }

  @Test func `a transaction that idles too long is ended by the server`() async throws {
    try await withPool(size: 1, { $0.idleInTransactionTimeout = .milliseconds(50) }) { pool in
      try await withPool(size: 1) { observer in
        let (processes, report) = AsyncStream.makeStream(of: Int32.self)
        let ended = Gate()
        async let outcome = postgresError {
          try await pool.transaction { connection in
            try connection.run("select 1")
            report.yield(connection.backendProcess ?? 0)
            ended.pass()
            try connection.run("select 2")
          }
        }
        let process = try #require(await processes.first { _ in true })
        let left: SQL = "select 1 from pg_stat_activity where pid = \(process)"
        #expect(try await eventually { try await observer.run(left).isEmpty })
        ended.open()
        let error = try await outcome
        #expect(error == .connectionLost(commitUnknown: false))
      }
    }
  }

  private func terminate(_ process: Int32, through observer: PostgresPool) async throws {
    try await observer.run("select pg_terminate_backend(\(process))")
    let left: SQL = "select 1 from pg_stat_activity where pid = \(process)"
    #expect(try await eventually { try await observer.run(left).isEmpty })
  }
}
