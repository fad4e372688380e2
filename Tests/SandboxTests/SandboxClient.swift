import AsyncHTTPClient
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import SandboxLeads
import StrictJSON
import Synchronization
import TestKit

@testable import Sandbox

/// Talks to a running sandbox as any program would, without our own client.
struct SandboxClient: Sendable {
  struct Answer: Sendable {
    var status: Int
    var headers: HTTPHeaders
    var bytes: [UInt8]

    var json: JSON {
      get throws { try JSON(parsing: bytes) }
    }

    /// The first error type, in whichever shape.
    var errorType: String? {
      get throws {
        func find(_ json: JSON) -> String? {
          json["error_type"]?.string
            ?? json.members?.compactMap { find($0.value) }.first
            ?? json.array?.compactMap(find).first
        }
        return find(try json)
      }
    }
  }

  let server: SandboxServer
  let root: String
  let http: HTTPClient
  let clock: ManualClock

  func call(
    _ method: HTTPMethod,
    _ path: String,
    _ body: JSON? = nil,
    token: String? = nil,
    form: String? = nil
  ) async throws -> Answer {
    var request = HTTPClientRequest(url: root + path)
    request.method = method
    if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
    if let body { request.body = .bytes(body.encoded) }
    if let form {
      request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
      request.body = .bytes(Array(form.utf8))
    }
    let response = try await http.execute(request, timeout: .seconds(10))
    let buffer = try await response.body.collect(upTo: 64 << 20)
    return Answer(
      status: Int(response.status.code),
      headers: response.headers,
      bytes: Array(buffer.readableBytesView)
    )
  }

  /// An access token of the account.
  func token(_ account: String = "acme") async throws -> String {
    let answer = try await call(
      .POST,
      "/rd/auth/token",
      [
        "client_id": "sandbox-client", "client_secret": "sandbox-secret",
        "refresh_token": .string("sandbox-refresh-\(account)"),
      ]
    )
    return try answer.json["access_token"]?.string ?? ""
  }

  func conversion(
    _ email: String,
    _ identifier: String = "fale-conosco",
    token: String
  ) async throws -> Answer {
    try await call(
      .POST,
      "/rd/platform/events",
      Self.event(
        "CONVERSION",
        ["conversion_identifier": .string(identifier), "email": .string(email)]
      ),
      token: token
    )
  }

  static func event(_ type: String, _ payload: JSON) -> JSON {
    ["event_type": .string(type), "event_family": "CDP", "payload": payload]
  }

  static func qualification(_ type: String, _ email: String) -> JSON {
    event(type, ["email": .string(email), "funnel_name": "default"])
  }

  /// Lines of the ledger after that number, over HTTP.
  func ledger(after: Int = 0) async throws -> [JSON] {
    let answer = try await call(.GET, "/ledger?after=\(after)")
    return try answer.bytes.split(separator: UInt8(ascii: "\n")).map {
      try JSON(parsing: Array($0))
    }
  }
}

/// A clock that a test moves.
final class ManualClock: Sendable {
  private let time = Mutex(Timestamp(milliseconds: 1_772_452_800_000))

  var now: Timestamp { time.withLock { $0 } }
  func advance(seconds: Int64) { time.withLock { $0 = $0.adding(seconds: seconds) } }
}

func withSandbox(_ body: @Sendable (SandboxClient) async throws -> Void) async throws {
  let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
  let clock = ManualClock()
  let server = SandboxServer(
    ledger: try Ledger(logger: logger),
    logger: logger,
    now: { clock.now }
  )
  let outcome: Result<Void, any Error>
  do {
    try await withServer {
      server.application(host: "127.0.0.1", port: 0, onRunning: $0)
    } body: {
      port in
      let http = HTTPClient(configuration: .init(redirectConfiguration: .disallow))
      let result: Result<Void, any Error>
      do {
        try await body(
          SandboxClient(server: server, root: "http://127.0.0.1:\(port)", http: http, clock: clock)
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
