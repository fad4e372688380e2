import Postgres
import Testing

@Suite struct StaleStatementTests {
  @Test func `a statement whose columns changed is prepared again`() async throws {
    try await withPool(size: 1) { pool in
      try await pool.run(["create table t (n int)", "insert into t values (1)"])
      try await pool.run("select * from t")
      try await pool.run("alter table t add column m int default 5")
      #expect(try await pool.run("select * from t")[0].int(1) == 5)
    }
  }

  @Test func `the same within a transaction runs the body again`() async throws {
    try await withPool(size: 1) { pool in
      try await pool.run(["create table t (n int)", "insert into t values (1)"])
      try await pool.run("select * from t")
      try await pool.run("alter table t add column m int default 5")
      let value = try await pool.transaction { connection in
        try connection.run("insert into t values (2)")
        return try connection.run("select * from t where true")[0].int(1)
      }
      #expect(value == 5)
      try await pool.run("alter table t add column o int default 6")
      let other = try await pool.transaction(retries: 0) { connection in
        try connection.run("insert into t values (3)")
        return try connection.run("select * from t where true")[0].int(2)
      }
      #expect(other == 6)
      #expect(try await pool.run("select count(*) from t")[0].int(0) == 3)
    }
  }

  @Test func `a session that lost its statements prepares them again and is set up again`()
    async throws
  {
    try await withPool(size: 1) { pool in
      try await pool.run("create table t (n int)")
      try await pool.run("insert into t values (\(1))")
      try await pool.withConnection { try $0.script("discard all") }
      try await pool.run("insert into t values (\(2))")
      #expect(try await pool.run("select current_setting('lock_timeout')")[0].string(0) == "5s")
      try await pool.withConnection { try $0.script("discard all") }
      try await pool.transaction { connection in
        try connection.run("insert into t values (\(3))")
        try connection.commit(["insert into t values (\(4))"])
      }
      #expect(
        try await pool.run("select array_agg(n order by n) from t")[0].ints(0) == [1, 2, 3, 4]
      )
    }
  }

  @Test func `statements lost in the middle of a transaction run the body again`() async throws {
    try await withPool(size: 1) { pool in
      try await pool.run("create table t (n int)")
      try await pool.run("insert into t values (\(1))")
      try await pool.transaction { connection in
        try connection.run("select 1")
        let known = try connection.run("select count(*) from pg_prepared_statements")[0].int(0)
        if known > 2 { try connection.script("deallocate all") }
        try connection.commit(["insert into t values (\(2))"])
      }
      #expect(try await pool.run("select count(*) from t")[0].int(0) == 2)
    }
  }
}
