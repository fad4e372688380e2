import AsyncHTTPClient
import Foundation
import Glibc
import BeltStorage
import Bootstrap
import LabBooks
import Leads
import Logging
import NIOPosix
import Postgres
import RabbitMQ
import StrictJSON
import TestKit
import WorkQueues
import Belt
import Operations

/// Both servers, two replicas of every program that scales, and a fault proxy on every link between
/// them; all private, all ended with the harness.
final class ChaosFleet: Sendable {
  struct Failure: Error, CustomStringConvertible { let description: String }

  /// The links that can be made to fail, by who calls whom.
  enum Link: String, CaseIterable, Sendable {
    case broker, database, rdStation, hooks
  }

  let broker: PrivateBroker
  let postgres: PrivatePostgres
  let programs: [ChildProgram]
  let links: [Link: FaultProxy]
  let pool: PostgresPool
  let folder: URL
  let crm: CRMKind
  let integrations = ["acme", "beta"]
  let hookURLs: [String: String]
  let sandboxURL: String
  /// For webhooks: as many at once as RD Station may well send.
  let hooks: HTTPClient
  private let control: ControlProgram
  private let databaseURL: String
  private let brokerEndpoint: Endpoint

  /// Starts everything and waits until it is ready; the settings of both integrations are made from the
  /// example document of that CRM, and `folder` must exist; `rdPatience` is for how many seconds a call
  /// whose answer was lost is looked for before it is made again.
  init(
    crm: CRMKind,
    programsFolder: URL,
    folder: URL,
    rdPatience: Int,
    saboteur: Saboteur?
  ) async throws {
    self.folder = folder
    self.crm = crm
    async let startingBroker = PrivateBroker(management: true)
    async let startingPostgres = PrivatePostgres()
    (broker, postgres) = try await (startingBroker, startingPostgres)
    let database = try await postgres.freshDatabase()
    databaseURL = database
    let ingressPorts = (try Socket.freePort(), try Socket.freePort())
    let sandboxPort = try Socket.freePort()
    sandboxURL = "http://127.0.0.1:\(sandboxPort)"
    let links: [Link: FaultProxy] = [
      .broker: try FaultProxy(to: broker.port), .database: try FaultProxy(to: postgres.port),
      .rdStation: try FaultProxy(to: sandboxPort),
      .hooks: try FaultProxy(to: ingressPorts.0, ingressPorts.1),
    ]
    self.links = links
    var connections = HTTPClient.Configuration()
    connections.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
    func port(_ link: Link) -> UInt16 { links[link]?.port ?? 0 }
    let common = [
      "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8",
      "ESTEIRA_SECRET_KEY": "Y2hhb3MgY2hhb3MgY2hhb3MgY2hhb3MgY2hhb3MgY2g=",
      "ESTEIRA_RABBITMQ_MANAGEMENT_URL": "http://guest:guest@127.0.0.1:\(broker.managementPort)",
      "ESTEIRA_SANDBOX_LISTEN": "127.0.0.1:\(sandboxPort)",
      "ESTEIRA_PUBLIC_URL": "http://127.0.0.1:\(port(.hooks))",
      "ESTEIRA_RD_URL": "http://127.0.0.1:\(port(.rdStation))/rd",
      // The sandbox has no plan that a run could exceed.
      "ESTEIRA_RD_CALLS_PER_MINUTE": "1000000",
      "ESTEIRA_RD_PATIENCE_SECONDS": "\(rdPatience)",
    ].merging(SandboxLogins.environment(of: integrations, through: port(.rdStation))) { $1 }
    let direct = common.merging([
      "ESTEIRA_AMQP_URL": "amqp://guest:guest@127.0.0.1:\(broker.port)/",
      "ESTEIRA_POSTGRES_URL": database,
    ]) { $1 }
    var through = common.merging([
      "ESTEIRA_AMQP_URL": "amqp://guest:guest@127.0.0.1:\(port(.broker))/",
      "ESTEIRA_POSTGRES_URL": database.replacing(
        ":\(postgres.port)/",
        with: ":\(port(.database))/"
      ),
    ]) { $1 }
    if let saboteur { through["ESTEIRA_SABOTEUR"] = saboteur.rawValue }
    control = ControlProgram(executable: programsFolder.appending(path: "esteira"), direct)
    brokerEndpoint = try Endpoint("amqp://guest:guest@127.0.0.1:\(broker.port)/")
    var options = PostgresOptions(url: database, size: 2)
    // The books of a whole night are long.
    options.statementTimeout = .seconds(300)
    options.responseTimeout = .seconds(310)
    options.findsByKeys = false
    pool = PostgresPool(options, logger: Logger(label: "chaos"))
    func program(
      _ name: String,
      _ replica: Int,
      health: UInt16,
      _ own: [String: String] = [:]
    ) -> ChildProgram {
      ChildProgram(
        "\(name).\(replica)",
        executable: programsFolder.appending(path: name),
        environment: through.merging(saboteur?.blindfold(on: name, through) ?? [:]) { $1 }
          .merging(own.merging(["ESTEIRA_HEALTH_LISTEN": "127.0.0.1:\(health)"]) { $1 }) { $1 },
        healthPort: health,
        logFile: folder.appending(path: "\(name).\(replica).log")
      )
    }
    var programs = [program("esteira-sandbox", 1, health: sandboxPort)]
    for (replica, port) in zip(1..., [ingressPorts.0, ingressPorts.1]) {
      let own = [
        "ESTEIRA_INGRESS_LISTEN": "127.0.0.1:\(port)",
        "ESTEIRA_INGRESS_SPOOL": folder.appending(path: "spool.\(replica)").path(),
      ]
      programs.append(program("esteira-ingress", replica, health: try Socket.freePort(), own))
    }
    for stage in Flow.allCases {
      for replica in 1...2 {
        programs.append(program(stage.program, replica, health: try Socket.freePort()))
      }
    }
    self.programs = programs
    try await control.run(["migrate"])
    for statement in saboteur?.statements ?? [] { _ = try await pool.run(statement) }
    try await control.run(["topology", "apply"])
    // The shorter of the queue's own delay and the policy's counts: nobody waits half an hour here.
    try await broker.control([
      "set_policy", "--priority", "100", "--apply-to", "queues", "chaos-short-delays",
      #"^esteira\.q\.[a-z-]+\.retry\."#, #"{"message-ttl":2000,"max-length":500000}"#,
    ])
    for stage in Flow.allCases {
      try await broker.waitUntilStored(queue: Topology.queue(of: stage))
    }
    try await programs[0].start()
    var urls: [String: String] = [:]
    let sandbox = programs[0]
    try await Self.await(seconds: 20, "the sandbox") { await sandbox.isReady() }
    for name in integrations {
      let document = folder.appending(path: "\(name).yaml")
      try SandboxLogins.document(of: name, crm).write(
        to: document,
        atomically: true,
        encoding: .utf8
      )
      try await control.run(["apply", "-f", document.path()])
      urls[name] = try await control.run(["hook-url", name])
        .trimmingCharacters(in: .whitespacesAndNewlines)
    }
    hookURLs = urls
    hooks = HTTPClient(
      eventLoopGroup: .singletonMultiThreadedEventLoopGroup,
      configuration: connections
    )
    do {
      for program in programs.dropFirst() { try await program.start() }
      _ = try await waitUntilReady(seconds: 60)
      try await registerWebhooks()
    } catch {
      await stop()
      throw error
    }
  }

  /// One integration has its webhooks from RD Station's screen, the other through its API, so that what
  /// is written to RD Station comes back in both forms.
  private func registerWebhooks() async throws {
    let sandbox = Sandbox(url: sandboxURL)
    try await sandbox.beStubborn()
    for integration in integrations {
      if crm.traits.tellsByHook {
        let hook = try await control.run(["hook-url", integration, "--crm"])
          .trimmingCharacters(in: .whitespacesAndNewlines)
        if try await !book(of: integration).callOnChanges(hook) {
          try await control.run(["hook-url", integration, "--crm", "--register"])
        }
      }
      var urls: [HookTrigger: String] = [:]
      for trigger in HookTrigger.allCases {
        let address = ["hook-url", integration, "--trigger", trigger.rawValue]
        urls[trigger] = try await control.run(address)
          .trimmingCharacters(in: .whitespacesAndNewlines)
      }
      if integration == integrations[0] {
        try await sandbox.register(urls, inScreenOf: integration)
      } else {
        try await sandbox.register(urls, throughAPIOf: integration)
      }
    }
  }

  func replicas(of name: String) -> [ChildProgram] {
    programs.filter { $0.name.hasPrefix(name + ".") }
  }

  func link(_ link: Link) throws -> FaultProxy {
    guard let proxy = links[link] else { throw Failure(description: "no proxy on \(link)") }
    return proxy
  }

  /// The CRM's own book of an integration, of all that was ever made.
  func book(of integration: String) -> any CRMBook {
    guard let screens = crm.screens else {
      return EmbeddedBook(pool: pool, integration: integration, since: "2000-01-01") { _ in }
    }
    let sandbox = Sandbox(url: sandboxURL)
    return SimulatedBook(screens, account: integration, after: 0) {
      try await sandbox.call($0, $1, body: $2)
    }
  }

  /// - Returns: The seconds until every program was ready.
  @discardableResult
  func waitUntilReady(seconds: Int) async throws -> Double {
    let begin = ContinuousClock.now
    for program in programs {
      try await Self.await(seconds: seconds, since: begin, program.name) { await program.isReady() }
    }
    return (ContinuousClock.now - begin) / .seconds(1)
  }

  static func await(
    seconds: Int,
    since begin: ContinuousClock.Instant = .now,
    _ what: String,
    _ isSo: () async throws -> Bool
  ) async throws {
    let deadline = begin + .seconds(seconds)
    while try await !isSo() {
      guard .now < deadline else {
        throw Failure(description: "\(what) was not ready after \(seconds) s")
      }
      try await Task.sleep(for: .milliseconds(100))
    }
  }

  /// How often programs ended unasked, for whatever reason.
  func deaths() async -> Int {
    var deaths = 0
    for program in programs { deaths += await program.deaths.values.reduce(0, +) }
    return deaths
  }

  /// Where a person can look at what is in it.
  var whereabouts: String {
    "\(databaseURL) and http://guest:guest@127.0.0.1:\(broker.managementPort)"
  }

  func ledgers() async throws -> [Ledger] { try await Ledgers(pool: pool).list() }

  /// Moves what was parked into the list of dead letters.
  func recordDeadLetters() async throws { try await control.run(["dead-letters", "record"]) }

  /// Sends all open dead letters back to their stages.
  func retryDeadLetters() async throws {
    for integration in integrations {
      try await control.run([
        "dead-letters", "retry", "--all", "--integration", integration, "--yes",
      ])
    }
  }

  /// Messages that wait in stages and delay queues.
  func waitingMessages() async throws -> Int {
    try await WaitingMessages.count(at: brokerEndpoint)
  }

  func stop() async {
    for program in programs { await program.stop() }
    for proxy in links.values { proxy.close() }
    do {
      try await hooks.shutdown()
    } catch {
      Screen.say("the load's connections were not closed: \(error)")
    }
    await pool.shutdown()
    await broker.stop()
    await postgres.stop()
  }
}
