import Postgres
import Testing

@Suite struct InjectionTests {
  @Test(arguments: [
    "Robert'); drop table students;--", "' or '1'='1", "\\'; drop table students; --", "$1", "$2",
    "\\", "\"", "'", "/*", "${jndi}", "%s", "\u{FEFF}", "E'\\''", "$$; drop table students; $$",
  ])
  func `hostile text is only text`(_ text: String) async throws {
    try await withPool(size: 1) { pool in
      try await pool.run("create table students (name text)")
      try await pool.run([
        "insert into students values (\(text))",
        "insert into students select unnest(\([text, text])::text[])",
      ])
      let rows = try await pool.run("select name from students where name = \(text)")
      #expect(rows.count == 3)
      #expect(try rows[0].string(0) == text)
    }
  }

  @Test func `a zero byte is refused before anything is sent`() async throws {
    try await withPool(size: 1) { pool in
      let error = try await postgresError {
        try await pool.run(["create table t ()", "select \(1), \("admin\0x")"])
      }
      guard case .encoding(parameter: 2, _) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(try await pool.run("select to_regclass('t')")[0].optionalString(0) == nil)
    }
  }

  @Test func `a zero byte in the statement itself is refused`() async throws {
    try await withPool(size: 1) { pool in
      let error = try await postgresError { try await pool.run("select 1 \0 from nowhere") }
      guard case .encoding(parameter: 0, _) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
  }

  @Test func `more parameters than the protocol can count are refused`() async throws {
    try await withPool(size: 1) { pool in
      var statement: SQL = "select \(0)"
      for index in 1...65_535 { statement += ", \(index)" }
      let refused = statement
      let error = try await postgresError { try await pool.run(refused) }
      guard case .encoding = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      try await pool.ping()
    }
  }

  @Test func `an error says what is wrong without saying the value`() async throws {
    try await withPool(size: 1) { pool in
      try await pool.run("create table person (email text constraint one_email unique)")
      let insert: SQL = "insert into person values (\("ana@example.com"))"
      let error = try await postgresError { try await pool.run([insert, insert]) }
      #expect(error?.isUniqueViolation == true)
      #expect(error?.serverError?.detail?.contains("ana@example.com") == true)
      let description = "\(try #require(error))"
      #expect(description.contains("23505"))
      #expect(description.contains("one_email"))
      #expect(!description.contains("ana"))
      #expect(!String(reflecting: error).contains("ana"))
    }
  }
}
