import AsyncHTTPClient
import Belt
import Hummingbird
import Leads
import Logging
import NIOCore
import NIOHTTP1
import OutsideCalls
import StrictJSON
import Synchronization
import TestKit
import Testing

@testable import RDStationCRM
@testable import Sandbox

/// Which version of the API a test uses.
enum APIVersion: String, Sendable, CaseIterable {
  case v1, v2
}

/// The simulator on a port of its own, an account in it, and adapters that call it.
struct RunningCRM: Sendable {
  static let integration = "acme"

  let server: SandboxServer
  let root: String
  let http: HTTPClient

  var simulator: RDCRMSimulator { server.rdCRM }
  var account: RDCRMAccount { simulator.account(Self.integration) }

  /// `root`: another one, where nobody is; the client goes on trying there until its time is over.
  func caller(_ version: APIVersion, at root: String? = nil) -> Caller {
    let exchange = Exchange(
      http: http,
      baseURL: (root ?? self.root) + "/rdcrm",
      dialect: .rdStationCRM,
      timeout: root == nil ? .seconds(5) : .milliseconds(200)
    )
    let logins: any Logins =
      switch version {
      case .v1: StoredToken(account: account)
      case .v2:
        RolledTokens(account: account, RollingGrants(http: http, baseURL: self.root + "/rdcrm"))
      }
    return Caller(exchange, logins: logins, permits: UnlimitedPermits(), logger: silent)
  }

  func crm(_ version: APIVersion, at root: String? = nil) -> RDStationCRM {
    let caller = caller(version, at: root)
    return switch version {
    case .v1: .v1(caller, integration: Self.integration, memory: ListMemory())
    case .v2: .v2(caller, integration: Self.integration, memory: ListMemory())
    }
  }

  func set(_ settings: JSON) throws {
    try simulator.settings.withLock { try $0.merge(settings) }
  }

  func set(faults: JSON) {
    server.faults.replace(with: (faults.array ?? []).compactMap { Fault($0) }, seed: 1)
  }

  /// The effects in the ledger, without tokens and webhooks.
  func effects() throws -> [String] {
    try server.ledger.lines(after: 0, limit: .max).map { try JSON(parsing: $0) }
      .compactMap { $0["effect"]?.string }.filter { $0 != "token" && $0 != "webhook" }
  }

  func read<Answer: Sendable>(_ look: (RDCRMBooks) -> Answer) -> Answer {
    account.books.withLock { look($0) }
  }

  func change(_ change: (inout RDCRMBooks) -> Void) {
    account.books.withLock { change(&$0) }
  }

  /// As another client of the vendor calls it, without our adapter.
  func call(_ method: HTTPMethod, _ path: String, _ body: JSON? = nil) async throws -> (
    status: Int, text: String
  ) {
    let token = read { $0.users[0].token }
    let mark = path.contains("?") ? "&" : "?"
    var request = HTTPClientRequest(url: "\(root)/rdcrm/api/v1\(path)\(mark)token=\(token)")
    request.method = method
    if let body { request.body = .bytes(body.encoded) }
    let response = try await http.execute(request, timeout: .seconds(5))
    let bytes = try await response.body.collect(upTo: 8 << 20)
    return (Int(response.status.code), String(buffer: bytes))
  }

  func json(_ method: HTTPMethod, _ path: String, _ body: JSON? = nil) async throws -> JSON {
    try JSON(parsing: Array(try await call(method, path, body).text.utf8))
  }
}

private let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// The token that the account's first user copied before the test; it is never renewed.
private struct StoredToken: Logins {
  let token: String

  init(account: RDCRMAccount) { token = account.books.withLock { $0.users[0].token } }

  func pass(for _: String) -> Pass { .userToken(token) }

  func renewedPass(for _: String, insteadOf _: Pass) throws -> Pass {
    throw CallError(.loginDead, of: .repeatable, at: .rdStationCRM)
  }
}

/// Tokens of v2, each renewed with the refresh token that came with the one before.
private actor RolledTokens: Logins {
  private let account: RDCRMAccount
  private let grants: RollingGrants
  private var grant: TokenGrant?

  init(account: RDCRMAccount, _ grants: RollingGrants) {
    self.account = account
    self.grants = grants
  }

  func pass(for _: String) async throws -> Pass {
    if let grant { return .bearer(grant.accessToken) }
    return try await renew()
  }

  func renewedPass(for _: String, insteadOf _: Pass) async throws -> Pass { try await renew() }

  private func renew() async throws -> Pass {
    let token = grant?.refreshToken ?? account.books.withLock { $0.login.refreshToken }
    let renewed = try await grants.refresh(
      clientID: "sandbox-client",
      clientSecret: "sandbox-secret",
      refreshToken: token
    )
    grant = renewed
    return .bearer(renewed.accessToken)
  }
}

func withCRM(_ body: @Sendable (RunningCRM) async throws -> Void) async throws {
  let server = SandboxServer(ledger: try Ledger(logger: silent), logger: silent)
  let outcome: Result<Void, any Error>
  do {
    try await withServer {
      server.application(host: "127.0.0.1", port: 0, onRunning: $0)
    } body: { port in
      let http = HTTPClient(configuration: .init(redirectConfiguration: .disallow))
      let crm = RunningCRM(server: server, root: "http://127.0.0.1:\(port)", http: http)
      let result: Result<Void, any Error>
      do { result = .success(try await body(crm)) } catch { result = .failure(error) }
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
