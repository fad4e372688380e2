import AsyncHTTPClient
import DataCRM
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import OutsideCalls
import SandboxLeads
import StrictJSON
import Synchronization
import TestKit

@testable import Sandbox

/// The sandbox's DataCRM on a port of its own, and the adapter of its account `acme` over HTTP.
struct RunningDataCRM: Sendable {
  static let account = "acme"

  let server: SandboxServer
  let root: String
  let http: HTTPClient
  let logins: SessionLogins
  let clock: SecondClock
  var places = DataCRMPlaces()
  let memory = DataCRMMemory()

  var simulator: DataCRMSimulator { server.dataCRM }
  var account: DataCRMAccount { simulator.account(Self.account) }

  var crm: DataCRM { crm(at: "\(root)/datacrm/\(Self.account)") }

  /// The adapter, calling there; where nobody is, its client goes on trying until the `timeout`.
  ///
  /// `memory`: of another process where it is not this one's.
  func crm(
    at baseURL: String,
    memory: DataCRMMemory? = nil,
    timeout: Duration = .seconds(5)
  ) -> DataCRM {
    let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    let exchange = Exchange(http: http, baseURL: baseURL, dialect: .dataCRM, timeout: timeout)
    let caller = Caller(exchange, logins: logins, permits: UnlimitedPermits(), logger: logger)
    return DataCRM(
      caller,
      integration: Self.account,
      places: places,
      memory: memory ?? self.memory,
      now: { 1_772_452_800 }
    )
  }

  func set(faults: String) throws {
    let list = try JSON(parsing: Array(faults.utf8)).array ?? []
    server.faults.replace(with: list.compactMap { Fault($0) }, seed: 1)
  }

  func set(_ change: @Sendable (inout DataCRMSettings) -> Void) {
    simulator.settings.withLock { change(&$0) }
  }

  /// What a person does on a screen.
  @discardableResult
  func post(_ path: String, _ body: JSON) async throws -> JSON {
    guard case .object(var members) = body else { return .null }
    members["account"] = .string(Self.account)
    var request = HTTPClientRequest(url: "\(root)/datacrm/\(path)")
    request.method = .POST
    request.body = .bytes(JSON.object(members).encoded)
    let response = try await http.execute(request, timeout: .seconds(10))
    let bytes = Array(try await response.body.collect(upTo: 1 << 20).readableBytesView)
    guard response.status.code < 300 else {
      throw Unplayed(path: path, status: response.status.code)
    }
    return bytes.isEmpty ? .null : try JSON(parsing: bytes)
  }

  struct Unplayed: Error {
    let path: String
    let status: UInt
  }

  func records(of module: String) -> [DataCRMRecord] {
    account.state.withLock { $0.records(of: module) }
  }

  /// The effects in the ledger, by programs only, such as `create Contacts`.
  func effects() throws -> [String] {
    try server.ledger.lines(after: 0, limit: .max).map { try JSON(parsing: $0) }
      .filter { $0["status"] == "api" }
      .map { "\($0["effect"]?.string ?? "") \($0["identifier"]?.string ?? "")" }
  }
}

/// Each look at it is a second later: DataCRM's times are whole seconds.
final class SecondClock: Sendable {
  private let seconds = Mutex<Int64>(1_772_452_800)

  var now: Timestamp {
    seconds.withLock { seconds in
      seconds += 1
      return Timestamp(milliseconds: seconds * 1000)
    }
  }

  func advance(seconds more: Int64) { seconds.withLock { $0 += more } }
}

/// Sessions of the account's user, one login at a time.
actor SessionLogins: Logins {
  private let sessions: DataCRMSessions
  private var session: String?
  private var running: Task<String, any Error>?
  private(set) var logins = 0
  var key = "sandbox-key-rdstation-acme"

  init(http: HTTPClient, baseURL: String) {
    sessions = DataCRMSessions(http: http, baseURL: baseURL)
  }

  func pass(for integration: String) async throws -> Pass {
    if let session { return DataCRMSessions.pass(session) }
    return DataCRMSessions.pass(try await login())
  }

  func renewedPass(for integration: String, insteadOf refused: Pass) async throws -> Pass {
    if let session, DataCRMSessions.pass(session) != refused {
      return DataCRMSessions.pass(session)
    }
    return DataCRMSessions.pass(try await login())
  }

  private func login() async throws -> String {
    if let running { return try await running.value }
    logins += 1
    let task = Task { [sessions, key] in
      try await sessions.refresh(clientID: "rdstation", clientSecret: "", refreshToken: key)
        .accessToken
    }
    running = task
    defer { running = nil }
    let session = try await task.value
    self.session = session
    return session
  }
}

/// Runs the sandbox around a test, on a port the system chooses.
func withDataCRM(_ body: @Sendable (RunningDataCRM) async throws -> Void) async throws {
  let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
  let clock = SecondClock()
  let server = SandboxServer(ledger: try Ledger(logger: logger), logger: logger, now: { clock.now })
  let outcome: Result<Void, any Error>
  do {
    try await withServer {
      server.application(host: "127.0.0.1", port: 0, onRunning: $0)
    } body: { port in
      let root = "http://127.0.0.1:\(port)"
      let http = HTTPClient(configuration: .init(calling: root, logger: logger))
      let running = RunningDataCRM(
        server: server,
        root: root,
        http: http,
        logins: SessionLogins(http: http, baseURL: "\(root)/datacrm/\(RunningDataCRM.account)"),
        clock: clock
      )
      let result: Result<Void, any Error>
      do {
        try await body(running)
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
  try await server.shutdown()
  try outcome.get()
}
