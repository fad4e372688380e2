import Logging
import Testing

@testable import Postgres

@Suite struct TransactionTests {
  @Test func `load and commit are two round trips, a lone commit one`() async throws {
    try await withPool(size: 1) { pool in
      try await pool.run("create table t (n int)")
      try await pool.transaction { connection in
        let transaction = try connection.run("select txid_current()")[0].int(0)
        let same = try connection.commit([
          "insert into t values (1)", "select txid_current()",
        ])
        #expect(try same[1][0].int(0) == transaction)
      }
      try await pool.transaction { try $0.commit(["insert into t values (2)"]) }
      try await pool.transaction { try $0.run("insert into t values (3)") }
      try await pool.transaction { _ in }
      try await pool.transaction { try $0.commit() }
      #expect(try await pool.run("select array_agg(n order by n) from t")[0].ints(0) == [1, 2, 3])
    }
  }

  @Test func `the body's own error rolls back and is rethrown`() async throws {
    struct Refused: Error {}
    try await withPool(size: 1) { pool in
      try await pool.run("create table t (n int)")
      await #expect(throws: Refused.self) {
        try await pool.transaction { connection in
          try connection.run("insert into t values (1)")
          throw Refused()
        }
      }
      #expect(try await pool.run("select count(*) from t")[0].int(0) == 0)
    }
  }

  @Test func `an error that the body swallows is not taken for a commit`() async throws {
    try await withPool(size: 1) { pool in
      try await pool.run("create table t (n int)")
      let error = try await postgresError {
        try await pool.transaction { connection in
          try connection.run("insert into t values (1)")
          #expect(throws: PostgresError.self) { try connection.run("select 1 / 0") }
          let second = #expect(throws: PostgresError.self) { try connection.commit() }
          guard case .pipelineAborted = second else {
            Issue.record("\(String(describing: second))")
            return
          }
        }
      }
      #expect(error?.serverError?.state.rawValue == "22012")
      #expect(try await pool.run("select count(*) from t")[0].int(0) == 0)
    }
  }

  @Test func `two that cross are both committed`() async throws {
    try await withPool(size: 2) { pool in
      try await pool.run([
        "create table t (n int primary key, v int)", "insert into t values (1, 0), (2, 0)",
      ])
      let attempts = Counter()
      // Both must hold their first row before either asks for the second.
      let gates = [Gate(), Gate()]
      @Sendable func cross(_ first: Int, _ second: Int) async throws {
        try await pool.transaction { connection in
          let isFirstAttempt = attempts.increment() <= 2
          try connection.run("update t set v = v + 1 where n = \(first)")
          if isFirstAttempt {
            gates[first - 1].open()
            gates[second - 1].pass()
          }
          try connection.commit(["update t set v = v + 1 where n = \(second)"])
        }
      }
      async let one: Void = cross(1, 2)
      async let other: Void = cross(2, 1)
      _ = try await (one, other)
      #expect(attempts.value >= 3)
      #expect(try await pool.run("select sum(v) from t")[0].int(0) == 4)
    }
  }

  @Test func `a conflict that does not cease is thrown after the retries`() async throws {
    try await withPool(size: 1) { pool in
      let attempts = Counter()
      let error = try await postgresError {
        try await pool.transaction(retries: 2) { connection in
          attempts.increment()
          try connection.script("do $$ begin raise exception 'no' using errcode = '40001'; end $$")
        }
      }
      #expect(error?.isTransient == true)
      #expect(attempts.value == 3)
    }
  }

  @Test func `a lock that is not given in time ends the statement alone`() async throws {
    try await withPool(size: 2, { $0.lockTimeout = .milliseconds(100) }) { pool in
      try await pool.run(["create table t (n int)", "insert into t values (1)"])
      let (locked, report) = AsyncStream.makeStream(of: Void.self)
      let refused = Gate()
      async let holder: Void = pool.transaction { connection in
        try connection.run("update t set n = 2")
        report.yield()
        refused.pass()
      }
      _ = await locked.first { _ in true }
      let error = try await postgresError { try await pool.run("update t set n = 3") }
      refused.open()
      try await holder
      #expect(error?.serverError?.state == .lockNotAvailable)
      #expect(try await pool.run("select n from t")[0].int(0) == 2)
    }
  }

  @Test func `what a lease leaves open is rolled back`() async throws {
    try await withPool(size: 1) { pool in
      try await pool.run("create table t (n int)")
      try await pool.withConnection { try $0.script("begin; insert into t values (1)") }
      #expect(try await pool.run("select count(*) from t")[0].int(0) == 0)
    }
  }

  @Test func `commit outside a transaction is a programmer's mistake`() async {
    await #expect(processExitsWith: .failure) {
      // The trap comes before the missing session is missed.
      let connection = PostgresConnection(
        options: PostgresOptions(url: ""),
        logger: Logger(label: "test")
      )
      try await connection.commit()
    }
  }
}
