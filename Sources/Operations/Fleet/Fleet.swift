package import Bootstrap
import BeltStorage
package import Logging
package import Postgres
import RabbitMQ
package import Belt

/// The way to a fleet's database and broker, and what it was made of.
package struct Fleet: Sendable {
  package let settings: FleetSettings
  package let pool: PostgresPool
  package let logger: Logger

  package init(settings: FleetSettings, pool: PostgresPool, logger: Logger) {
    self.settings = settings
    self.pool = pool
    self.logger = logger
  }

  /// Reads the settings, opens the database for a body, and closes it.
  ///
  /// The needs are those besides the database; the time-out is of one statement; only what must work
  /// with an older schema does not check it.
  package static func open<Value>(
    _ needs: FleetSettings.Needs = [],
    responseTimeout: Duration = .seconds(310),
    checksSchema: Bool = true,
    _ body: (Fleet) async throws -> Value
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
      let fleet = Fleet(settings: settings, pool: pool, logger: logger)
      let value = try await body(fleet)
      await pool.shutdown()
      return value
    } catch {
      await pool.shutdown()
      throw error
    }
  }

  /// The database's clock, in a form in which it can be given back to it.
  package func now() async throws -> String {
    try await pool.run("select now()::text")[0].string(0)
  }

  /// Runs a body that may publish several times over one connection.
  package func publishing<Value: Sendable>(_ body: (Outbox) async throws -> Value) async throws
    -> Value
  {
    let publisher = Publisher(settings.brokerEndpoint, logger: logger)
    async let running: Void = publisher.run()
    let result: Result<Value, any Error>
    do {
      result = .success(try await body(Outbox(publisher: publisher)))
    } catch {
      result = .failure(error)
    }
    await publisher.shutdown()
    await running
    return try result.get()
  }

  /// Publishes once, and waits until the broker has all of it safe; connects only when there is any.
  ///
  /// - Throws: `BrokerFailure`; any of them may be stored.
  package func publish(_ messages: [Outgoing]) async throws {
    guard !messages.isEmpty else { return }
    try await publishing { outbox in try await outbox.publish(messages) }
  }

  /// A command speaks for itself: the libraries stay silent unless more is asked for.
  package static func logger(_ settings: FleetSettings) -> Logger {
    var logger = Logger(label: "esteira")
    logger.logLevel = settings.logLevel < .info ? settings.logLevel : .error
    return logger
  }
}
