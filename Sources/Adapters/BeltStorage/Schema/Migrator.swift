package import Postgres

/// Brings the database's schema to what this program needs.
///
/// Idempotent and safe from several machines at once: a session lock makes them take turns, and each
/// step is a transaction of its own that also records it; an index of a busy table is made before it.
package struct Migrator: Sendable {
  private let pool: PostgresPool
  private let migrations: [Migration]

  /// The migrations stand in order of their numbers.
  package init(pool: PostgresPool, migrations: [Migration] = Migration.all) {
    self.pool = pool
    self.migrations = migrations
  }

  /// Applies what is missing, and makes the partitions of the next twelve months.
  ///
  /// Waiting for another migrator, and each step, may take as long as the pool's response time-out.
  ///
  /// - Returns: What was applied now; empty when there was nothing to do.
  /// - Throws: ``MigrationError/changed(label:)`` before anything is applied; ``PostgresError`` when a
  ///   step fails: that step is rolled back, those before it stay.
  @discardableResult
  package func migrate() async throws -> [Migration] {
    let migrations = migrations
    return try await pool.withConnection { connection in
      try take(connection)
      let result = Result { try Migrator.apply(migrations, on: connection) }
      // With the session the lock would go by itself; but the pool keeps the session.
      if connection.backendProcess != nil { try release(connection) }
      return try result.get()
    }
  }

  private static func apply(_ migrations: [Migration], on connection: isolated PostgresConnection)
    throws -> [Migration]
  {
    try connection.script(
      """
      create table if not exists schema_migration (
        number integer primary key,
        name text not null,
        sha256 text not null,
        applied_at timestamptz not null default now()
      )
      """
    )
    var known: [Int: String] = [:]
    for row in try connection.run("select number, sha256 from schema_migration") {
      known[try row.int(0)] = try row.string(1)
    }
    for migration in migrations {
      if let sha256 = known[migration.number], sha256 != migration.sha256 {
        throw MigrationError.changed(label: migration.label)
      }
    }
    let missing = migrations.filter { known[$0.number] == nil }
    for migration in missing {
      if let index = migration.index { try index.make(on: connection) }
      // One script is one transaction. Name and checksum are ours: letters, digits, underscores.
      try connection.script(
        """
        \(migration.script)
        ;
        insert into schema_migration (number, name, sha256)
          values (\(migration.number), '\(migration.name)', '\(migration.sha256)')
        """
      )
    }
    try connection.run("select ensure_partitions(12)")
    return missing
  }
}

private func take(_ connection: isolated PostgresConnection) throws {
  // The other one may be in the middle of a long step; no statement here may wait for ever but this.
  try connection.run("set lock_timeout = 0")
  try connection.run("set statement_timeout = 0")
  // Asked for again and again: who waits inside of a statement keeps a concurrent index from being
  // finished, and the one that makes it from giving the lock back.
  while try !connection.run(
    "select pg_try_advisory_lock(hashtextextended('esteira.migrate', 0))"
  )[0].bool(0) {
    try connection.run("select pg_sleep(0.05)")
  }
  // A step that cannot have its table must not make the whole fleet queue up behind it.
  try connection.run("set lock_timeout = '5s'")
}

private func release(_ connection: isolated PostgresConnection) throws {
  try connection.run("select pg_advisory_unlock(hashtextextended('esteira.migrate', 0))")
  try connection.run("set lock_timeout = '5s'")
  try connection.run("set statement_timeout = '20s'")
}
