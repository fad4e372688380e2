import Bootstrap
import BeltStorage
import Logging
import Postgres

/// The connections of one command, and what they were made of.
struct FleetAccess: Sendable {
  let settings: FleetSettings
  let pool: PostgresPool
  let logger: Logger

  /// Reads the settings, opens the database for a body, and closes it.
  ///
  /// The needs are those besides the database; the time-out is of one statement; only what must work
  /// with an older schema does not check it.
  static func open<Value>(
    _ needs: FleetSettings.Needs = [],
    responseTimeout: Duration = .seconds(310),
    checksSchema: Bool = true,
    _ body: (FleetAccess) async throws -> Value
  ) async throws -> Value {
    let settings = try await FleetSettings.load(needs: needs.union(.database))
    let logger = logger(settings)
    var options = PostgresOptions(url: settings.postgresURL, size: 2)
    options.applicationName = "esteira-operator"
    options.responseTimeout = responseTimeout
    // A worker outlasts a restart of the server; a person would rather hear of it.
    options.checkoutTimeout = .seconds(3)
    // A person waits rather for the books of millions of leads than not to see them.
    options.statementTimeout = responseTimeout - .seconds(10)
    options.findsByKeys = false
    let pool = PostgresPool(options, logger: logger)
    do {
      if checksSchema { try await SchemaVersion.check(pool) }
      let access = FleetAccess(settings: settings, pool: pool, logger: logger)
      let value = try await body(access)
      await pool.shutdown()
      return value
    } catch {
      await pool.shutdown()
      throw error
    }
  }

  /// A command speaks for itself: the libraries stay silent unless more is asked for.
  static func logger(_ settings: FleetSettings) -> Logger {
    var logger = Logger(label: "esteira")
    logger.logLevel = settings.logLevel < .info ? settings.logLevel : .error
    return logger
  }
}
