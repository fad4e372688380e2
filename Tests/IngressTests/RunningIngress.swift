import AsyncHTTPClient
import Bootstrap
import Foundation
import Leads
import Logging
import NIOCore
import NIOHTTP1
import RabbitMQ
import ServiceLifecycle
import StrictJSON
import TestKit
import Testing
import WorkQueues
import Belt

@testable import Ingress

/// A node of these tests' own, with the queues to which ingress publishes: they read those queues,
/// and they stop the node.
enum HookBroker {
  private static let node = Task {
    let broker = try await PrivateBroker()
    try await declare(on: broker)
    return broker
  }

  static func shared() async throws -> PrivateBroker { try await node.value }

  static func link() async throws -> AdminLink { AdminLink(try Endpoint(try await shared().url)) }

  private static func declare(on broker: PrivateBroker) async throws {
    let link = AdminLink(try Endpoint(broker.url))
    try await link.declareExchange(Topology.workExchange, kind: "topic")
    for stage in [Flow.leadImporter, .rdUpdater] {
      let queue = Topology.queue(of: stage)
      try await link.declareQueue(queue, arguments: ["x-queue-type": .string("quorum")])
      try await link.bind(
        queue: queue,
        exchange: Topology.workExchange,
        routingKey: "\(stage.stage).#"
      )
    }
    await link.close()
    for stage in [Flow.leadImporter, .rdUpdater] {
      try await broker.waitUntilStored(queue: Topology.queue(of: stage))
    }
  }

  /// The next message of a stage's queue; nil when there is none.
  static func take(_ stage: Flow) async throws -> Message? {
    let link = try await link()
    let inbound = try await link.get(Topology.queue(of: stage))
    await link.close()
    return try inbound.map { try Message($0) }
  }

  /// The ids of all messages of a stage's queue, each once, in order of their first time.
  static func takeAll(_ stage: Flow) async throws -> [String] {
    let link = try await link()
    var ids: [String] = []
    var seen: Set<String> = []
    while let inbound = try await link.get(Topology.queue(of: stage)) {
      let id = "\(try Message(inbound).id)"
      if seen.insert(id).inserted { ids.append(id) }
    }
    await link.close()
    return ids
  }

  static func purge() async throws {
    let link = try await link()
    for stage in [Flow.leadImporter, .rdUpdater] {
      try await link.purge(Topology.queue(of: stage))
    }
    await link.close()
  }
}

struct HookReply: Sendable {
  let status: Int
  let headers: HTTPHeaders
  let body: String

  /// The members of the problem document, or of whatever JSON it is.
  var json: JSON? {
    do { return try JSON(parsing: Array(body.utf8)) } catch { return nil }
  }
}

/// Ingress on a free port, in this process.
struct RunningIngress: Sendable {
  static let now: Int64 = 1_700_000_000_123

  let server: IngressServer
  let port: Int
  let secret: HookToken.Secret
  let group: ServiceGroup

  var base: String { "http://127.0.0.1:\(port)" }

  func address(
    _ kind: HookToken.Kind = .rd,
    of integration: String = "acme",
    generation: Int = 1
  ) throws -> String {
    let name = try #require(IntegrationName(integration))
    let token = HookToken(kind, of: name, generation: generation, secret: secret)
    return "\(base)/v1/hooks/\(kind.rawValue)/\(integration)/\(token.text)"
  }

  func send(
    _ url: String,
    method: HTTPMethod = .POST,
    headers: HTTPHeaders = [:],
    body: HTTPClientRequest.Body? = nil
  ) async throws -> HookReply {
    var request = HTTPClientRequest(url: url)
    request.method = method
    request.headers = headers
    request.body = body
    let response = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
    let bytes = try await response.body.collect(upTo: 1 << 20)
    return HookReply(
      status: Int(response.status.code),
      headers: response.headers,
      body: String(buffer: bytes)
    )
  }

  func post(_ text: String, to url: String? = nil) async throws -> HookReply {
    let url = try url ?? address()
    return try await send(url, body: .bytes(ByteBuffer(string: text)))
  }
}

/// Runs ingress for as long as the body takes, then stops it as SIGTERM would.
func withIngress(
  _ change: (inout IngressSettings) -> Void = { _ in },
  url: String? = nil,
  _ body: (RunningIngress) async throws -> Void
) async throws {
  var settings = IngressSettings()
  change(&settings)
  let secret = try #require(HookToken.Secret([UInt8](repeating: 5, count: 32)))
  let broker = if let url { url } else { try await HookBroker.shared().url }
  let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
  let server = IngressServer(
    listen: ListenAddress(host: "127.0.0.1", port: 0),
    settings: settings,
    secret: secret,
    broker: try Endpoint(broker),
    lanes: try await SpoolLane.open(settings, logger: logger),
    now: { RunningIngress.now },
    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
  )
  let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
  let group = ServiceGroup(
    configuration: ServiceGroupConfiguration(
      services: server.services(health: nil, onListening: { continuation.yield($0) }),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    )
  )
  let running = Task { try await group.run() }
  var iterator = ports.makeAsyncIterator()
  let port = try #require(await iterator.next())
  do {
    try await body(RunningIngress(server: server, port: port, secret: secret, group: group))
  } catch {
    await group.triggerGracefulShutdown()
    try await running.value
    throw error
  }
  await group.triggerGracefulShutdown()
  try await running.value
}
