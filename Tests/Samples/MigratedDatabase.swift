import BeltStorage
import Logging
package import Postgres
import TestKit

/// A fresh database with the schema, for one test.
package func migratedPool() async throws -> PostgresPool {
  let pool = PostgresPool(
    url: try await PrivatePostgres.freshDatabase(),
    size: 2,
    logger: Logger(label: "test")
  )
  try await Migrator(pool: pool).migrate()
  return pool
}
