import OutsideCalls
import AsyncHTTPClient
import CoreMetrics
import EmbeddedCRM
import Hummingbird
import BeltStorage
import Leads
import Logging
import Observability
import Postgres
import RDStation
import RabbitMQ
import Samples
import StrictJSON
import Synchronization
import TestKit
import Testing
import WorkQueues
import Belt
import Operations

@testable import Centralizer
@testable import LeadImporter
@testable import OpportunityCreator
@testable import RDUpdater
@testable import Sandbox
@testable import TagSync

/// All stages with the real engine, database, sandbox, logs and metrics; of the broker only its wire
/// form, so that a test can read every byte that would go there.
struct Belt: Sendable {
  let pool: PostgresPool
  let sandbox: SandboxServer
  let lines: Lines
  let wire: Wire
  private let handlers: [Flow: any Handler]

  /// The metrics of this process.
  static let metrics: PrometheusRegistry = {
    let registry = PrometheusRegistry()
    MetricsSystem.bootstrap(registry)
    return registry
  }()

  static let key = [UInt8](repeating: 7, count: 32)

  /// Runs messages and all that follows from them, each stage as its program does.
  func run(_ messages: [Message]) async throws {
    wire.put(messages.map { Outgoing($0) })
    while let stage = Flow.allCases.first(where: { wire.isWaiting($0.stage) }) {
      let worker = Worker(
        queue: StageQueue(stage: stage.stage, wire: wire),
        handler: try #require(handlers[stage]),
        progress: WorkerProgress(stage: stage.stage, now: { 1_773_075_731_000 }),
        logger: lines.logger
      )
      await worker.run()
    }
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

  /// Every row of every table that belongs to one integration, as text.
  func rows(of integration: String) async throws -> [String: [String]] {
    let tables = try await pool.run(
      """
      select c.table_name from information_schema.columns c
      join information_schema.tables t using (table_schema, table_name)
      join pg_class p on p.relname = c.table_name and not p.relispartition
      where c.table_schema = 'public' and c.column_name = 'integration_id'
        and t.table_type = 'BASE TABLE' order by 1
      """
    ).map { try $0.string(0) }
    var rows: [String: [String]] = [:]
    for table in tables {
      let all = SQL(
        stringLiteral: """
          select coalesce(jsonb_agg(to_jsonb(t) order by to_jsonb(t)::text), '[]')::text
          from \(table) t where t.integration_id =
          """
      )
      rows[table] = try await pool.run(all + " \(integration)").flatMap {
        try JSON(parsing: Array(try $0.string(0).utf8)).array ?? []
      }.map(\.text)
    }
    return rows
  }

  func count(_ sql: SQL) async throws -> Int { try await pool.run(sql)[0].int(0) }

  /// The sandbox's own book.
  func ledger() throws -> [String] {
    try sandbox.ledger.lines(after: 0, limit: .max).map { try JSON(parsing: $0).text }
  }

  fileprivate init(
    pool: PostgresPool,
    sandbox: SandboxServer,
    http: HTTPClient,
    baseURL: String,
    lines: Lines
  ) {
    _ = Self.metrics
    self.pool = pool
    self.sandbox = sandbox
    self.lines = lines
    wire = Wire()
    let crms = CRMs([.embedded: { EmbeddedCRM(pool: pool, integration: $0.integration) }])
    let client = RDStationClient(
      http: http,
      baseURL: baseURL,
      logins: RefreshedLogins(
        store: CredentialStore(pool: pool, key: Self.key),
        grants: RDTokenGrants(http: http, baseURL: baseURL)
      ),
      timeout: .seconds(2),
      logger: lines.logger
    )
    let policy = RetryPolicy(attemptsMax: 2)
    handlers = [
      .rdUpdater: StageRunner(
        RDUpdaterStage(crms: crms, desk: CallDesk(RDCalls(client), pool: pool)),
        pool: pool,
        policy: policy
      ),
      .leadImporter: StageRunner(LeadImporterStage(), pool: pool, policy: policy),
      .centralizer: StageRunner(CentralizerStage(crms: crms), pool: pool, policy: policy),
      .opportunityCreator: StageRunner(
        OpportunityCreatorStage(crms: crms, pool: pool),
        pool: pool,
        policy: policy
      ),
      .tagSync: StageRunner(TagSyncStage(crms: crms, client: client), pool: pool, policy: policy),
    ]
  }
}

/// What goes to the broker, in order, and what of it still waits for its stage.
final class Wire: Sendable {
  private struct State {
    var waiting: [String: [Message]] = [:]
    var published: [Outgoing] = []
  }

  private let state = Mutex(State())

  /// Everything so far, in its wire form.
  var messages: [OutboundMessage] { state.withLock { $0.published }.map { OutboundMessage($0) } }

  /// The messages that went to a stage.
  var stages: [Message] {
    state.withLock { $0.published }.filter { $0.destination == .stage }.map(\.message)
  }

  var parked: [(message: Message, reason: Reason)] {
    state.withLock { $0.published }.compactMap { outgoing in
      guard case .parking(let reason) = outgoing.destination else { return nil }
      return (outgoing.message, reason)
    }
  }

  func isWaiting(_ stage: String) -> Bool {
    state.withLock { $0.waiting[stage]?.isEmpty == false }
  }

  /// Delays end at once, but not those that count no attempt: they would never end.
  func put(_ outgoing: [Outgoing]) {
    state.withLock { state in
      state.published += outgoing
      for item in outgoing {
        switch item.destination {
        case .parking: continue
        case .delay where item.message.deferrals > 0: continue
        case .stage, .delay: state.waiting[item.message.stage, default: []].append(item.message)
        }
      }
    }
  }

  func take(_ stage: String, max: Int) -> [Message] {
    state.withLock { state in
      let taken = Array((state.waiting[stage] ?? []).prefix(max))
      state.waiting[stage]?.removeFirst(taken.count)
      return taken
    }
  }

  func forget() { state.withLock { $0.published = [] } }
}

/// One stage's queue; drained when it is empty.
private struct StageQueue: WorkQueue {
  let stage: String
  let wire: Wire

  func next(max: Int) async -> [Delivery] {
    wire.take(stage, max: max).map { Delivery(content: .success($0), token: $0.id) }
  }
  func publish(_ messages: [Outgoing]) async -> [Result<Void, NotPublished>] {
    wire.put(messages)
    return messages.map { _ in .success(()) }
  }
  func acknowledge(_ deliveries: [Delivery]) async {}
  func giveBack(_ deliveries: [Delivery]) async {}
}

/// Runs a test on a belt of its own: a fresh database and a fresh sandbox.
func withBelt(_ body: @Sendable @escaping (Belt) async throws -> Void) async throws {
  let lines = Lines()
  let silent = Logger(label: "sandbox") { _ in SwiftLogNoOpLogHandler() }
  let pool = try await migratedPool(size: 8, logger: lines.logger)
  let sandbox = SandboxServer(ledger: try Ledger(logger: silent), logger: silent)
  let outcome: Result<Void, any Error>
  do {
    try await withServer {
      sandbox.application(host: "127.0.0.1", port: 0, onRunning: $0)
    } body: { port in
      let baseURL = "http://127.0.0.1:\(port)/rd"
      let http = HTTPClient(
        configuration: HTTPClient.Configuration(calling: baseURL, logger: lines.logger)
      )
      let result: Result<Void, any Error>
      do {
        try await body(
          Belt(pool: pool, sandbox: sandbox, http: http, baseURL: baseURL, lines: lines)
        )
        result = .success(())
      } catch {
        result = .failure(error)
      }
      try await http.shutdown()
      try result.get()
    }
    outcome = .success(())
  } catch {
    outcome = .failure(error)
  }
  try await sandbox.shutdown()
  await pool.shutdown()
  try outcome.get()
}
