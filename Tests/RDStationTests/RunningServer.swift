import OutsideCalls
import AsyncHTTPClient
import HTTPTypes
import Hummingbird
import Logging
import RDStation
import StrictJSON
import Synchronization
import TestKit

@testable import Sandbox

/// The sandbox on a port of its own, and what a test needs to talk to it.
struct RunningSandbox: Sendable {
  let server: SandboxServer
  let root: String
  let http: HTTPClient
  let tokens: SandboxTokens
  let client: RDStationClient

  func set(faults: String, seed: UInt64 = 1) throws {
    let list = try JSON(parsing: Array(faults.utf8)).array ?? []
    server.faults.replace(with: list.compactMap { Fault($0) }, seed: seed)
  }

  /// The effects in the ledger, as `effect:status`.
  func effects() throws -> [String] {
    try ledger().map { "\($0["effect"]?.string ?? ""):\($0["status"]?.string ?? "")" }
      .filter { !$0.hasPrefix("token") }
  }

  func ledger() throws -> [JSON] {
    try server.ledger.lines(after: 0, limit: .max).map { try JSON(parsing: $0) }
  }
}

/// Runs the sandbox around a test, on a port the system chooses.
func withSandbox(
  timeout: Duration = .seconds(5),
  _ body: @Sendable (RunningSandbox) async throws -> Void
) async throws {
  let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
  let server = SandboxServer(ledger: try Ledger(logger: logger), logger: logger)
  let outcome: Result<Void, any Error>
  do {
    try await withServer {
      server.application(host: "127.0.0.1", port: 0, onRunning: $0)
    } body: {
      port in
      let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
      let http = HTTPClient(
        configuration: .init(calling: "http://127.0.0.1:\(port)", logger: logger)
      )
      let root = "http://127.0.0.1:\(port)"
      let tokens = SandboxTokens(http: http, baseURL: "\(root)/rd")
      let client = RDStationClient(
        http: http,
        baseURL: "\(root)/rd",
        logins: tokens,
        timeout: timeout,
        logger: logger
      )
      let running = RunningSandbox(
        server: server,
        root: root,
        http: http,
        tokens: tokens,
        client: client
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

/// A server that gives every request the same answer.
func withCannedAnswer(
  status: Int,
  headers: [String: String] = [:],
  body: [UInt8],
  _ test: @Sendable (RDStationClient) async throws -> Void
) async throws {
  let router = Router()
  for method: HTTPRequest.Method in [.get, .post, .put, .patch] {
    router.on("**", method: method) { _, _ in
      var response = Response(
        status: .init(code: status),
        body: .init(byteBuffer: ByteBuffer(bytes: body))
      )
      for (name, value) in headers {
        if let name = HTTPField.Name(name) { response.headers[name] = value }
      }
      return response
    }
  }
  try await withServer { announce in
    Application(
      router: router,
      configuration: .init(address: .hostname("127.0.0.1", port: 0)),
      onServerRunning: { await announce($0.localAddress?.port ?? 0) },
      logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    )
  } body: { port in
    let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    let http = HTTPClient(configuration: .init(calling: "http://127.0.0.1:\(port)", logger: logger))
    let client = RDStationClient(
      http: http,
      baseURL: "http://127.0.0.1:\(port)",
      logins: FixedTokens(),
      logger: logger
    )
    let result: Result<Void, any Error>
    do {
      try await test(client)
      result = .success(())
    } catch {
      result = .failure(error)
    }
    try await http.shutdown()
    try result.get()
  }
}

struct FixedTokens: Logins {
  func pass(for integration: String) -> Pass { .bearer("token") }
  func renewedPass(for integration: String, insteadOf refused: Pass) -> Pass { .bearer("token-2") }
}

/// Tokens of the sandbox's accounts, one refresh at a time.
actor SandboxTokens: Logins {
  private let http: HTTPClient
  private let baseURL: String
  private var granted: [String: TokenGrant] = [:]
  private var running: [String: Task<TokenGrant, any Error>] = [:]
  private(set) var refreshes = 0

  init(http: HTTPClient, baseURL: String) {
    self.http = http
    self.baseURL = baseURL
  }

  func pass(for integration: String) async throws -> Pass {
    if let known = granted[integration] { return .bearer(known.accessToken) }
    return .bearer(try await refresh(integration))
  }

  func renewedPass(for integration: String, insteadOf refused: Pass) async throws -> Pass {
    if let known = granted[integration], .bearer(known.accessToken) != refused {
      return .bearer(known.accessToken)
    }
    return .bearer(try await refresh(integration))
  }

  func grant(for integration: String) -> TokenGrant? { granted[integration] }

  private func refresh(_ integration: String) async throws -> String {
    if let task = running[integration] { return try await task.value.accessToken }
    refreshes += 1
    let refreshToken = granted[integration]?.refreshToken ?? "sandbox-refresh-\(integration)"
    let task = Task { [http, baseURL] in
      try await RDTokenGrants(http: http, baseURL: baseURL).refresh(
        clientID: "sandbox-client",
        clientSecret: "sandbox-secret",
        refreshToken: refreshToken
      )
    }
    running[integration] = task
    defer { running[integration] = nil }
    let grant = try await task.value
    granted[integration] = grant
    return grant.accessToken
  }
}
