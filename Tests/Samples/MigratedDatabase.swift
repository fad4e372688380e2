import BeltStorage
package import Logging
package import Postgres
import TestKit

/// Migrated once in a process; the others are copies of it, which are made in a tenth of the time.
private let model = Task {
  let url = try await PrivatePostgres.freshDatabase()
  let pool = PostgresPool(url: url, size: 1, logger: Logger(label: "test"))
  try await Migrator(pool: pool).migrate()
  await pool.shutdown()
  return url
}

/// The URL of a fresh database with the schema, for one test.
package func migratedDatabase() async throws -> String {
  try await PrivatePostgres.freshDatabase(like: try await model.value)
}

/// A pool of a fresh database with the schema, for one test.
///
/// `size`: how many connections at most.
package func migratedPool(
  size: Int = 2,
  logger: Logger = Logger(label: "test")
) async throws -> PostgresPool {
  PostgresPool(url: try await migratedDatabase(), size: size, logger: logger)
}
