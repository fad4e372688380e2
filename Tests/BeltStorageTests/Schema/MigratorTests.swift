import BeltStorage
import Logging
import Postgres
import TestKit
import Testing

@Suite struct MigratorTests {
  private func pool(size: Int = 2) async throws -> PostgresPool {
    PostgresPool(
      url: try await PrivatePostgres.freshDatabase(),
      size: size,
      logger: Logger(label: "test")
    )
  }

  private func applied(_ pool: PostgresPool) async throws -> [Int] {
    try await pool.run("select number from schema_migration order by number").map { try $0.int(0) }
  }

  @Test func `an empty database gets every migration in order, once`() async throws {
    let pool = try await pool()
    let first = try await Migrator(pool: pool).migrate()
    #expect(first == Migration.all)
    #expect(try await applied(pool) == Migration.all.map(\.number))
    #expect(try await Migrator(pool: pool).migrate() == [])
    await pool.shutdown()
  }

  @Test func `numbers begin at one and have no gap`() {
    #expect(Migration.all.map(\.number) == Array(1...Migration.all.count))
  }

  @Test func `migrating makes the partitions of the coming year and the one for the rest`()
    async throws
  {
    let pool = try await pool()
    try await Migrator(pool: pool).migrate()
    let partitions = try await pool.run(
      "select count(*) from pg_inherits where inhparent = 'journey'::regclass"
    )
    #expect(try partitions[0].int(0) == 14)
    await pool.shutdown()
  }

  @Test func `an index of a busy table is made beside its writers, and anew when it was cut off`()
    async throws
  {
    let pool = try await pool()
    func isValid() async throws -> Bool {
      let rows = try await pool.run(
        "select indisvalid from pg_index where indexrelid = 'effect_told'::regclass"
      )
      return try rows[0].bool(0)
    }
    try await Migrator(pool: pool).migrate()
    #expect(try await isValid())
    try await pool.run(
      "update pg_index set indisvalid = false where indexrelid = 'effect_told'::regclass"
    )
    let next = Migration(
      number: Migration.all.count + 1,
      name: "next",
      script: Array("select 1".utf8),
      index: Migration.all.compactMap(\.index).first
    )
    try await Migrator(pool: pool, migrations: Migration.all + [next]).migrate()
    #expect(try await isValid())
    await pool.shutdown()
  }

  @Test func `two migrators at once take turns and both succeed`() async throws {
    let url = try await PrivatePostgres.freshDatabase()
    let counts = try await withThrowingTaskGroup { group in
      for _ in 0..<4 {
        group.addTask {
          let pool = PostgresPool(url: url, size: 1, logger: Logger(label: "test"))
          let applied = try await Migrator(pool: pool).migrate()
          await pool.shutdown()
          return applied.count
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(counts.sorted() == [0, 0, 0, Migration.all.count])
  }

  @Test func `an applied migration that was edited is an error that names it`() async throws {
    let pool = try await pool()
    try await Migrator(pool: pool).migrate()
    let edited = Migration(number: 1, name: "foundation", script: Array("select 1".utf8))
    let migrator = Migrator(pool: pool, migrations: [edited])
    let error = await #expect(throws: MigrationError.self) { try await migrator.migrate() }
    #expect(error == .changed(label: "m0001_foundation"))
    // The lock was given back: the right migrator goes on.
    #expect(try await Migrator(pool: pool).migrate() == [])
    await pool.shutdown()
  }

  @Test func `a step that fails leaves nothing of itself and keeps those before it`() async throws {
    let pool = try await pool()
    let last = Migration.all.count + 1
    let broken = Migration(
      number: last,
      name: "broken",
      script: Array("create table half (a int); select nonsense".utf8)
    )
    let migrator = Migrator(pool: pool, migrations: Migration.all + [broken])
    await #expect(throws: PostgresError.self) { try await migrator.migrate() }
    #expect(try await applied(pool) == Migration.all.map(\.number))
    let half = try await pool.run("select to_regclass('half') is null")
    #expect(try half[0].bool(0))
    #expect(try await Migrator(pool: pool).migrate() == [])
    await pool.shutdown()
  }

  @Test func `a schema older than the program is refused with the command to run`() async throws {
    let pool = try await pool()
    let error = await #expect(throws: MigrationError.self) { try await SchemaVersion.check(pool) }
    #expect(error == .outdated(applied: 0, needed: SchemaVersion.needed))
    #expect(error.map { "\($0)".contains("esteira migrate") } == true)
    await pool.shutdown()
  }

  @Test func `the schema of a newer program is fine`() async throws {
    let pool = try await pool()
    try await Migrator(pool: pool).migrate()
    try await pool.run(
      "insert into schema_migration (number, name, sha256) values (9999, 'later', '')"
    )
    try await SchemaVersion.check(pool)
    await pool.shutdown()
  }
}
