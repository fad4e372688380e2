package import Postgres

/// The newest migration that a database has.
package enum SchemaVersion {
  /// What this program needs.
  package static let needed = Migration.all.map(\.number).max() ?? 0

  /// 0 for a database that was never migrated.
  package static func applied(_ pool: PostgresPool) async throws(PostgresError) -> Int {
    do {
      return try await pool.run("select coalesce(max(number), 0) from schema_migration")[0].int(0)
    } catch .server(let error) where error.state == .undefinedTable {
      return 0
    }
  }

  /// Refuses a schema that is older than this program needs.
  ///
  /// A newer one is fine: steps are made so that the program before them goes on working.
  ///
  /// - Throws: ``MigrationError/outdated(applied:needed:)``, whose text names the command to run; or
  ///   ``PostgresError``.
  package static func check(_ pool: PostgresPool) async throws {
    let applied = try await applied(pool)
    guard applied >= needed else {
      throw MigrationError.outdated(applied: applied, needed: needed)
    }
  }
}
