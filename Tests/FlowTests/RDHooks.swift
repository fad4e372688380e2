import AsyncHTTPClient
import FoundationEssentials
import HTTPTypes
import Hummingbird
import BeltStorage
import Leads
import Logging
import NIOCore
import NIOHTTP1
import StrictJSON
import TestKit
import Testing
import Belt

/// The webhooks that are registered at the sandbox, as the README has a customer register them: what
/// RD Station posts to them is kept, and a test hands it to the importer when and as often as it likes.
final class RDHooks: Sendable {
  private let deliveries: AsyncStream<Message>
  private let announcement: AsyncStream<Message>.Continuation

  private init() { (deliveries, announcement) = AsyncStream.makeStream() }

  /// The next so many deliveries as ingress would publish them, in the order of their arrival.
  func next(_ count: Int) async -> [Message] {
    var list: [Message] = []
    for await message in deliveries {
      list.append(message)
      if list.count == count { break }
    }
    return list
  }

  /// Registers a webhook for conversions, and for opportunities one of the screen and one of the API.
  static func registered(
    at belt: Belt,
    _ body: @Sendable @escaping (RDHooks) async throws -> Void
  ) async throws {
    let hooks = RDHooks()
    try await withServer { announce in
      Application(
        router: hooks.router,
        configuration: .init(address: .hostname("127.0.0.1", port: 0)),
        onServerRunning: { await announce($0.localAddress?.port ?? 0) },
        logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
      )
    } body: { port in
      let url = "http://127.0.0.1:\(port)"
      for trigger in ["conversion", "opportunity"] {
        try await belt.post(
          "/screen/webhooks",
          [
            "account": "acme", "trigger": .string(trigger), "url": .string("\(url)/\(trigger)"),
          ]
        )
      }
      try await belt.post(
        "/integrations/webhooks",
        [
          "event_type": "WEBHOOK.MARKED_OPPORTUNITY", "entity_type": "CONTACT",
          "http_method": "POST", "url": .string("\(url)/opportunity"),
          "include_relations": ["COMPANY", "CONTACT_FUNNEL"],
        ],
        token: try await belt.token()
      )
      try await body(hooks)
    }
  }

  private var router: Router<BasicRequestContext> {
    let router = Router()
    router.post("**") { request, _ in
      let bytes = Array(try await request.body.collect(upTo: 1 << 20).readableBytesView)
      // The API tries an address with an empty body first.
      guard !bytes.isEmpty else { return Response(status: .ok) }
      let id = Identifier(derivedFrom: request.uri.path, String(decoding: bytes, as: UTF8.self))
      self.announcement.yield(
        Message(
          id: id,
          type: WebhookReceived.type,
          stage: Flow.leadImporter.stage,
          integration: "acme",
          journey: id,
          body: bytes,
          arrivedAt: Int64(Date.now.timeIntervalSince1970 * 1000),
          trigger: HookTrigger(rawValue: String(request.uri.path.dropFirst()))
        )
      )
      return Response(status: .ok)
    }
    return router
  }
}

extension Belt {
  @discardableResult
  func post(_ path: String, _ body: JSON, token: String? = nil) async throws -> JSON {
    var request = HTTPClientRequest(url: baseURL + path)
    request.method = .POST
    request.headers.add(name: "Content-Type", value: "application/json")
    if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
    request.body = .bytes(body.encoded)
    let response = try await http.execute(request, timeout: .seconds(5))
    let bytes = Array(try await response.body.collect(upTo: 1 << 20).readableBytesView)
    try #require(
      (200..<300).contains(response.status.code),
      "\(String(decoding: bytes, as: UTF8.self))"
    )
    return try JSON(parsing: bytes)
  }

  func get(_ path: String, token: String) async throws -> JSON {
    var request = HTTPClientRequest(url: baseURL + path)
    request.headers.add(name: "Authorization", value: "Bearer \(token)")
    let response = try await http.execute(request, timeout: .seconds(5))
    return try JSON(
      parsing: Array(try await response.body.collect(upTo: 1 << 20).readableBytesView)
    )
  }

  func token() async throws -> String {
    let answer = try await post(
      "/auth/token",
      [
        "client_id": "sandbox-client", "client_secret": "sandbox-secret",
        "refresh_token": "sandbox-refresh-acme",
      ]
    )
    return try #require(answer["access_token"]?.string)
  }
}
