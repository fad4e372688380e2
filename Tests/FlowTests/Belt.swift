import OutsideCalls
import AsyncHTTPClient
import Bootstrap
import CRMConformance
import EmbeddedCRM
import Hummingbird
import BeltStorage
import Leads
import Logging
import Postgres
import RDStation
import Samples
import StrictJSON
import TestKit
import Testing
import Belt
import Operations

@testable import Centralizer
@testable import LeadImporter
@testable import OpportunityCreator
@testable import RDUpdater
@testable import Sandbox
@testable import TagSync

/// All stages in one process: real PostgreSQL, the sandbox over real HTTP, and a queue in memory, so
/// that a test decides what is delivered when and how often.
struct Belt: Sendable {
  let pool: PostgresPool
  let sandbox: SandboxServer
  let client: RDStationClient
  let crms: CRMs
  let desk: SalesDesk
  /// The accounts of the CRM that is outside.
  let office = MemoryOffice()
  private let handlers: [Flow: any Handler]
  let http: HTTPClient
  let baseURL: String
  let databaseURL: String

  /// What was not done when everything that could be was.
  struct Rest {
    var waiting: [(message: Message, reason: Reason)] = []
    var rejected: [(message: Message, reason: Reason)] = []
    var handled: [Flow: Int] = [:]
  }

  /// Runs messages and all that follows from them.
  ///
  /// `deliveries`: how often each batch is handled, as after a crash between the commit and
  ///   the acknowledgement.
  @discardableResult
  func run(_ messages: [Message], deliveries: Int = 1, batchMax: Int = 64) async throws -> Rest {
    var rest = Rest()
    var queue = messages
    while !queue.isEmpty {
      let stage = queue[0].stage
      let batch = Array(queue.filter { $0.stage == stage }.prefix(batchMax))
      let taken = Set(batch.map(\.id))
      queue.removeAll { $0.stage == stage && taken.contains($0.id) }
      let flow = try #require(Flow(rawValue: stage))
      let handler = try #require(handlers[flow])
      var outcomes: [Outcome] = []
      for delivery in 0..<deliveries {
        let again = try await handler.handle(withCopies: batch)
        if delivery > 0 { #expect(again == outcomes, "a redelivery ends as the first one did") }
        outcomes = again
      }
      rest.handled[flow, default: 0] += batch.count
      for (message, outcome) in zip(batch, outcomes) {
        switch outcome {
        case .done(let follows): queue += follows
        case .snooze(_, let reason), .retry(let reason): rest.waiting.append((message, reason))
        case .reject(let reason): rest.rejected.append((message, reason))
        }
      }
    }
    return rest
  }

  func handler(_ stage: Flow) throws -> any Handler { try #require(handlers[stage]) }

  /// Runs messages and all that follows, in batches of a few from a random stage in random order, as
  /// replicas and retries would; what waits is put back.
  func runShuffled(_ messages: [Message], seed: UInt64) async throws {
    var generator = SeededGenerator(seed: seed)
    var queue = messages
    var rounds = 0
    while let first = queue.randomElement(using: &generator) {
      rounds += 1
      try #require(rounds < 10_000, "seed \(seed): the belt stands still")
      queue.shuffle(using: &generator)
      let size = Int.random(in: 1...5, using: &generator)
      let batch = Array(queue.filter { $0.stage == first.stage }.prefix(size))
      let taken = Set(batch.map(\.id))
      queue.removeAll { $0.stage == first.stage && taken.contains($0.id) }
      let stage = try #require(Flow(rawValue: first.stage))
      for (message, outcome) in zip(batch, try await handler(stage).handle(batch)) {
        switch outcome {
        case .done(let follows): queue += follows
        case .snooze, .retry: queue.append(message)
        case .reject(let reason): throw reason
        }
      }
    }
  }

  /// Runs one stage alone; gives what follows from it.
  func follows(_ stage: Flow, _ messages: [Message]) async throws -> [Message] {
    try await handler(stage).handle(messages).flatMap { outcome -> [Message] in
      guard case .done(let follows) = outcome else { return [] }
      return follows
    }
  }

  func count(_ sql: SQL) async throws -> Int { try await pool.run(sql)[0].int(0) }

  /// The effects in the sandbox's own book, newest last.
  func ledger(_ effect: String) throws -> [JSON] {
    try sandbox.ledger.lines(after: 0, limit: .max).map { try JSON(parsing: $0) }
      .filter { $0["effect"]?.string == effect }
  }

  /// Makes the integration and puts its login where the workers look for it.
  func apply(_ settings: Settings) async throws {
    _ = try await SettingsVersions(pool: pool).apply(settings, source: "test", actor: "test")
    try await CredentialStore(pool: pool, key: Self.key).store(
      integration: settings.integration,
      clientID: "sandbox-client",
      clientSecret: "sandbox-secret",
      refreshToken: "sandbox-refresh-\(settings.rdAccount)"
    )
  }

  static let key = [UInt8](repeating: 7, count: 32)

  fileprivate init(
    pool: PostgresPool,
    databaseURL: String,
    sandbox: SandboxServer,
    http: HTTPClient,
    port: Int,
    outside: OutsideCRMs?
  ) {
    self.pool = pool
    self.databaseURL = databaseURL
    self.sandbox = sandbox
    self.http = http
    baseURL = "http://127.0.0.1:\(port)/rd"
    let office = office
    let own: [CRMKind: CRMs.Binding] = [
      .embedded: { EmbeddedCRM(pool: pool, integration: $0.integration) },
      .rdStationCRM: { MemoryCRM(office, integration: $0.integration) },
    ]
    crms = CRMs(own.merging(outside?.bindings ?? [:]) { $1 })
    client = Self.client(http, baseURL, pool, UnlimitedPermits())
    desk = SalesDesk(pool: pool)
    handlers = [
      .leadImporter: StageRunner(LeadImporterStage(), pool: pool),
      .centralizer: StageRunner(CentralizerStage(crms: crms), pool: pool),
      .opportunityCreator: StageRunner(OpportunityCreatorStage(crms: crms, pool: pool), pool: pool),
      .rdUpdater: Self.updater(client, crms, pool),
      .tagSync: StageRunner(TagSyncStage(crms: crms, client: client), pool: pool),
    ]
  }

  /// Another worker's RD updater, whose calls need these permits.
  func updater(permits: any CallPermits) -> any Handler {
    updaterRunner(Self.client(http, baseURL, pool, permits))
  }

  func updaterRunner(_ client: RDStationClient) -> StageRunner<RDUpdaterStage> {
    Self.updater(client, crms, pool)
  }

  private static func updater(_ client: RDStationClient, _ crms: CRMs, _ pool: PostgresPool)
    -> StageRunner<RDUpdaterStage>
  {
    StageRunner(
      RDUpdaterStage(crms: crms, desk: CallDesk(RDCalls(client), pool: pool)),
      pool: pool
    )
  }

  func rdDesk(permits: any CallPermits = UnlimitedPermits()) -> CallDesk<RDCalls> {
    CallDesk(RDCalls(Self.client(http, baseURL, pool, permits)), pool: pool)
  }

  /// As `esteira apply` and `esteira connect` try a login.
  func trial(anyAccount: Bool = false) -> LoginTrial {
    LoginTrial(
      of: "acme",
      opening: anyAccount ? nil : "acme",
      store: CredentialStore(pool: pool, key: Self.key),
      grants: RDTokenGrants(http: http, baseURL: baseURL)
    )
  }

  /// A client that gives up after that time.
  func hangingClient(timeout: Duration) -> RDStationClient {
    Self.client(http, baseURL, pool, UnlimitedPermits(), timeout: timeout)
  }

  /// From now on the sandbox keeps calls to these routes without an answer.
  func hang(_ routes: String...) throws {
    let faults = try routes.map { route in
      try #require(
        Fault([
          "route": .string(route), "kind": "latency", "percent": 100, "milliseconds": 5000,
        ])
      )
    }
    sandbox.faults.replace(with: faults, seed: 1)
  }

  private static func client(
    _ http: HTTPClient,
    _ baseURL: String,
    _ pool: PostgresPool,
    _ permits: any CallPermits,
    timeout: Duration = .seconds(2)
  ) -> RDStationClient {
    RDStationClient(
      http: http,
      baseURL: baseURL,
      logins: RefreshedLogins(
        store: CredentialStore(pool: pool, key: Self.key),
        grants: RDTokenGrants(http: http, baseURL: baseURL),
        staleness: .zero
      ),
      permits: permits,
      timeout: timeout,
      logger: Logger(label: "belt") { _ in SwiftLogNoOpLogHandler() }
    )
  }
}

/// Runs a test on a belt of its own: a fresh database and a fresh sandbox.
///
/// `reachingOutside`: the outside CRMs as the programs reach them, in place of the one in memory.
func withBelt(
  connections: Int = 8,
  reachingOutside: Bool = false,
  _ body: @Sendable @escaping (Belt) async throws -> Void
) async throws {
  let logger = Logger(label: "belt") { _ in SwiftLogNoOpLogHandler() }
  let url = try await migratedDatabase()
  let pool = PostgresPool(url: url, size: connections, logger: logger)
  let sandbox = SandboxServer(ledger: try Ledger(logger: logger), logger: logger)
  let http = HTTPClient(configuration: .init(calling: "http://127.0.0.1", logger: logger))
  let outside = OutsideCRMs(pool: pool, key: Belt.key, callsPerMinute: 1_000_000, logger: logger)
  let outcome: Result<Void, any Error>
  do {
    try await withServer {
      sandbox.application(host: "127.0.0.1", port: 0, onRunning: $0)
    } body: { port in
      try await body(
        Belt(
          pool: pool,
          databaseURL: url,
          sandbox: sandbox,
          http: http,
          port: port,
          outside: reachingOutside ? outside : nil
        )
      )
    }
    outcome = .success(())
  } catch {
    outcome = .failure(error)
  }
  await outside.close()
  try await http.shutdown()
  try await sandbox.shutdown()
  await pool.shutdown()
  try outcome.get()
}
