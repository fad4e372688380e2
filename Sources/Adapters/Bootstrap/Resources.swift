private import AsyncHTTPClient
private import EmbeddedCRM
private import BeltStorage
package import Leads
package import Logging
private import NIOPosix
package import Postgres
package import OutsideCalls
package import RDStation
private import Belt

/// What a handler may ask for; nothing is opened that nobody asks for, except the database.
package struct Resources: Sendable {
  package let pool: PostgresPool
  /// The CRMs that this version can write to.
  package let crms: CRMs
  package let rdStation: RDStationClient
  /// How long a call to RD Station whose answer was lost may still be carried out and shown.
  package let rdPatience: Duration
  package let logins: CredentialStore
  private let rdLogins: RefreshedLogins
  private let outside: OutsideCRMs
  private let http: HTTPClient
  private let logger: Logger

  package init(settings: FleetSettings, logger: Logger) {
    let pool = PostgresPool(
      url: settings.postgresURL,
      size: settings.postgresPoolSize,
      logger: logger
    )
    self.pool = pool
    self.logger = logger
    rdPatience = settings.rdPatience
    outside = OutsideCRMs(
      pool: pool,
      key: settings.secretKey,
      callsPerMinute: settings.crmCallsPerMinute,
      logger: logger
    )
    crms = CRMs(
      outside.bindings.merging(
        [.embedded: { EmbeddedCRM(pool: pool, integration: $0.integration) }]
      ) { $1 }
    )
    // One thread serves the few calls that a worker has on the way.
    http = HTTPClient(
      eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup.singleton),
      configuration: HTTPClient.Configuration(calling: settings.rdURL, logger: logger)
    )
    logins = CredentialStore(pool: pool, key: settings.secretKey)
    rdLogins = RefreshedLogins(
      store: logins,
      grants: RDTokenGrants(http: http, baseURL: settings.rdURL)
    )
    rdStation = RDStationClient(
      http: http,
      baseURL: settings.rdURL,
      logins: rdLogins,
      permits: Faults.around(
        QuotaPermits(
          pool: pool,
          bucket: RDQuotas(callsPerMinute: settings.rdCallsPerMinute).bucket
        )
      ),
      logger: logger
    )
  }

  /// Tries a dead login again.
  func worksAgain(_ integration: String) async -> Bool {
    do {
      _ = try await rdLogins.pass(for: integration)
      return true
    } catch {
      logger.debug("a login still fails", metadata: ["reason": "\(error)"])
      return false
    }
  }

  /// Waits for the database, for ever, and checks its schema once.
  ///
  /// - Throws: When the schema is older than this program; the text names the command.
  func waitForSchema() async throws {
    var attempt = 0
    while true {
      do {
        try await SchemaVersion.check(pool)
        return
      } catch let error as PostgresError
        where [.stop, .split, .busy].contains(error.disposition)
      {
        attempt += 1
        logger.warning("waiting for the database", metadata: ["attempt": "\(attempt)"])
        guard await Pause.real.pause(beforeAttempt: attempt) else { throw error }
      }
    }
  }

  func close() async {
    await pool.shutdown()
    await outside.close()
    await http.end(logger)
  }
}
