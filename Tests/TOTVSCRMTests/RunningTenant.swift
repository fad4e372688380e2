import AsyncHTTPClient
import Belt
import Leads
import Logging
import NIOCore
import NIOHTTP1
import OutsideCalls
import StrictJSON
import Synchronization
import TestKit

@testable import Sandbox
@testable import TOTVSCRM

/// The tenant `acme` of a running simulator, with the adapter bound to it.
struct RunningTenant: Sendable {
  let server: SandboxServer
  let root: String
  let http: HTTPClient
  let logins: SessionLogins
  let crm: TOTVSCRM
  let tenant: Tenant
  /// The password that our side keeps.
  let password: PasswordNote

  var simulator: TOTVSSimulator { server.totvs }

  func set(faults: String) throws {
    let list = try JSON(parsing: Array(faults.utf8)).array ?? []
    server.faults.replace(with: list.compactMap { Fault($0) }, seed: 1)
  }

  func set(_ settings: JSON) throws {
    try simulator.settings.withLock { try $0.merge(settings) }
  }

  /// How often each fault has struck.
  var fired: [Int] { (server.faults.json.array ?? []).map { $0["fired"]?.int ?? 0 } }

  func setUp(_ act: String, _ value: JSON) -> Bool {
    tenant.state.withLock { $0.setUp(act, value) }
  }

  func records(_ table: TenantTable) -> [JSON] {
    tenant.state.withLock { ($0.records[table] ?? []).map(\.json) }
  }

  /// The effects in the ledger, as `effect:status`.
  func effects() throws -> [String] {
    try server.ledger.lines(after: 0, limit: .max).map { line in
      let json = try JSON(parsing: line)
      return "\(json["effect"]?.string ?? ""):\(json["status"]?.string ?? "")"
    }
  }

  /// A call as any program would make it, without our own client.
  func call(
    _ method: HTTPMethod,
    _ path: String,
    _ body: JSON? = nil,
    headers: [String: String] = [:]
  ) async throws -> (status: Int, json: JSON, headers: HTTPHeaders) {
    var request = HTTPClientRequest(url: "\(root)\(path)")
    request.method = method
    for (name, value) in headers { request.headers.add(name: name, value: value) }
    if let body { request.body = .bytes(body.encoded) }
    let response = try await http.execute(request, timeout: .seconds(10))
    let bytes = Array(try await response.body.collect(upTo: 1 << 20).readableBytesView)
    return (
      Int(response.status.code), bytes.isEmpty ? .null : try JSON(parsing: bytes), response.headers
    )
  }

  /// The cookie of a session of its own.
  func cookie() async throws -> String {
    let answer = try await call(.POST, "/api/login", Self.login)
    let cookie = answer.headers.first(name: "Set-Cookie") ?? ""
    return String(cookie.prefix { $0 != ";" })
  }

  /// A call of the integration endpoint.
  func integration(
    _ method: HTTPMethod,
    _ table: TenantTable,
    action: String? = nil,
    filter: String? = nil,
    _ body: JSON? = nil
  ) async throws -> (status: Int, json: JSON) {
    var headers = [
      "Cookie": try await cookie(), "Integration-Service": table.service,
      "Integration-Resource": table.resource, "Integration-Version": "v\(table.version)",
    ]
    headers["Integration-Action"] = action
    headers["Integration-Filter"] = filter
    let answer = try await call(method, "/api/integration", body, headers: headers)
    return (answer.status, answer.json)
  }

  static let login: JSON = [
    "username": "integracao@acme.example", "password": "sandbox-secret", "tenant": "acme",
  ]
}

/// What our side believes the password to be.
final class PasswordNote: Sendable {
  private let text = Mutex("sandbox-secret")

  var current: String {
    get { text.withLock { $0 } }
    set { text.withLock { $0 = newValue } }
  }
}

/// Runs the simulator around a test, on a port the system chooses.
func withTenant(
  tenant name: String = "acme",
  tagField: String? = "tagsRD",
  variables: [String: String] = [:],
  _ body: @Sendable (RunningTenant) async throws -> Void
) async throws {
  let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
  let server = SandboxServer(ledger: try Ledger(logger: logger), logger: logger)
  // Whom the suite's drafts name, so that nobody is left once he has left.
  let given = ["totvs_crm_default_user": "bia@acme.com.br"].merging(variables) { $1 }
  let preferences = TOTVSPreferences(variables: try TOTVSVariables(given), tagField: tagField)
  let outcome: Result<Void, any Error>
  do {
    try await withServer {
      server.application(host: "127.0.0.1", port: 0, onRunning: $0)
    } body: { port in
      let root = "http://127.0.0.1:\(port)/totvs"
      let http = HTTPClient(configuration: .init(calling: root, logger: logger))
      let password = PasswordNote()
      let logins = SessionLogins(TOTVSSessions(http: http, baseURL: root, timeout: .seconds(5))) {
        _ in
        TOTVSLogin(user: "integracao@acme.example", password: password.current, tenant: name)
      }
      let exchange = Exchange(http: http, baseURL: root, dialect: .totvs, timeout: .seconds(5))
      let caller = Caller(exchange, logins: logins, permits: UnlimitedPermits(), logger: logger)
      let result: Result<Void, any Error>
      do {
        try await body(
          RunningTenant(
            server: server,
            root: root,
            http: http,
            logins: logins,
            crm: TOTVSCRM(caller, integration: "acme", preferences: { preferences }),
            tenant: try server.totvs.tenant(named: "acme"),
            password: password
          )
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
  try await server.shutdown()
  try outcome.get()
}
