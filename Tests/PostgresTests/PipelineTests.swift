import Postgres
import Testing

@Suite struct PipelineTests {
  @Test(arguments: 0..<5)
  func `an error anywhere undoes all of a pipeline`(position: Int) async throws {
    try await withPool(size: 1) { pool in
      try await pool.run("create table t (n int primary key)")
      var statements = (0..<5).map { "insert into t values (\($0))" as SQL }
      statements[position] = "select 1 / 0"
      let failing = statements
      try await pool.withConnection { connection in
        // Twice: first with statements that are new to the server, then with known ones.
        for _ in 0..<2 {
          #expect(throws: PostgresError.self) { try connection.run(failing) }
          let left = try connection.run("select count(*) from t")[0].int(0)
          #expect(left == 0)
        }
      }
    }
  }

  @Test(arguments: 0..<5)
  func `an error anywhere undoes the transaction and leaves the connection fit`(
    position: Int
  ) async throws {
    try await withPool(size: 1) { pool in
      try await pool.run("create table t (n int primary key)")
      let process = try await pool.withConnection { $0.backendProcess }
      let error = try await postgresError {
        try await pool.transaction { connection in
          for index in 0..<5 {
            if index == position {
              try connection.run(["insert into t values (9)", "select 1 / 0", "select 2"])
            } else {
              try connection.run("insert into t values (\(index))")
            }
          }
        }
      }
      #expect(error?.serverError?.state.rawValue == "22012")
      #expect(try await pool.run("select count(*) from t")[0].int(0) == 0)
      #expect(try await pool.withConnection { $0.backendProcess } == process)
    }
  }

  @Test func `an error in the committing pipeline undoes the loads before it`() async throws {
    try await withPool(size: 1) { pool in
      try await pool.run("create table t (n int primary key)")
      let error = try await postgresError {
        try await pool.transaction { connection in
          try connection.run("insert into t values (1)")
          try connection.commit(["insert into t values (2)", "insert into t values (1)"])
        }
      }
      #expect(error?.isUniqueViolation == true)
      #expect(try await pool.run("select count(*) from t")[0].int(0) == 0)
    }
  }

  @Test(arguments: [true, false])
  func `a deferred constraint that fails the commit is the transaction's error`(
    loads: Bool
  ) async throws {
    try await withPool(size: 1) { pool in
      try await pool.run("create table t (n int unique deferrable initially deferred)")
      let error = try await postgresError {
        try await pool.transaction { connection in
          if loads { try connection.run("select 1") }
          try connection.commit(["insert into t values (1)", "insert into t values (1)"])
        }
      }
      #expect(error?.isUniqueViolation == true)
      #expect(try await pool.run("select count(*) from t")[0].int(0) == 0)
    }
  }

  @Test func `an empty statement has an empty result`() async throws {
    try await withPool(size: 1) { pool in
      let results = try await pool.run(["", "select 1 where false"])
      #expect(results.allSatisfy { $0.isEmpty })
      let none = try await pool.run([SQL]())
      #expect(none.isEmpty)
    }
  }

  @Test func `a copy has no place in a pipeline and costs only the connection`() async throws {
    try await withPool(size: 1) { pool in
      #expect(try await postgresError { try await pool.run("copy (select 1) to stdout") } != nil)
      try await pool.ping()
    }
  }

  @Test func `a script is one transaction of its own`() async throws {
    try await withPool(size: 1) { pool in
      try await pool.withConnection { connection in
        try connection.script("create table a (n int); insert into a values (1); select * from a")
        #expect(throws: PostgresError.self) {
          try connection.script("insert into a values (2); select 1 / 0; insert into a values (3)")
        }
        #expect(try connection.run("select count(*) from a")[0].int(0) == 1)
      }
    }
  }

  @Test func `a script within a transaction goes with it`() async throws {
    try await withPool(size: 1) { pool in
      let error = try await postgresError {
        try await pool.transaction { connection in
          try connection.script("create table a (n int); insert into a values (1)")
          try connection.run("select 1 / 0")
        }
      }
      #expect(error?.serverError?.state.rawValue == "22012")
      #expect(try await pool.run("select to_regclass('a')")[0].optionalString(0) == nil)
    }
  }

  @Test func `more statements than the cache holds can be run, in one pipeline too`() async throws {
    try await withPool(size: 1) { pool in
      func statement(_ number: Int) -> SQL {
        var statement: SQL = "select \(number)::int"
        for _ in 0..<number { statement += " " }
        return statement
      }
      let many = (0..<700).map(statement)
      for _ in 0..<2 {
        let results = try await pool.run(many)
        #expect(try results.map { rows in try rows[0].int(0) } == Array(0..<700))
      }
      let prepared = try await pool.run("select count(*) from pg_prepared_statements")[0].int(0)
      // Those that fell out in this very pipeline are given up with the next.
      let later = try await pool.run("select count(*) from pg_prepared_statements")[0].int(0)
      #expect(prepared <= 256 + 700)
      #expect(later <= 257)
    }
  }

  @Test func `without prepared statements all is the same, and the time-outs hold`() async throws {
    try await withPool(size: 1, { $0.preparedStatements = false }) { pool in
      try await pool.run("create table t (n int)")
      try await pool.transaction { connection in
        try connection.run("insert into t values (\(1))")
        try connection.commit(["insert into t values (\(2))"])
      }
      #expect(try await pool.run("select count(*) from t")[0].int(0) == 2)
      #expect(try await pool.run("select count(*) from pg_prepared_statements")[0].int(0) == 0)
      #expect(try await pool.run("select current_setting('lock_timeout')")[0].string(0) == "5s")
    }
  }
}
