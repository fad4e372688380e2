import AsyncHTTPClient
import Foundation
import Leads
import Logging
import NIOCore
import NIOHTTP1
import RabbitMQ
import StrictJSON
import TestKit
import WorkQueues
import Belt

/// The broker of these tests: a node of their own with the management API, because they change the
/// fleet's topology.
enum WorkBroker {
  struct Node: Sendable {
    let broker: PrivateBroker
    let managementPort: Int

    var managementURL: String { "http://guest:guest@127.0.0.1:\(managementPort)" }
  }

  static let quorum: FieldTable = ["x-queue-type": .string("quorum")]

  private static let node = Task {
    let broker = try await PrivateBroker()
    // An own port beside the four of the node; the node says so when it is taken.
    let port = Int(broker.port) > 40_000 ? Int(broker.port) - 15_000 : Int(broker.port) + 15_000
    let plugins = broker.directory.appending(path: "plugins")
    try "[rabbitmq_management].".write(to: plugins, atomically: true, encoding: .utf8)
    try await broker.control([
      "eval",
      """
      application:load(rabbitmq_management),
      application:set_env(rabbitmq_management, tcp_config, [{ip, "127.0.0.1"}, {port, \(port)}]),
      rabbit_plugins:ensure("\(plugins.path())").
      """,
    ])
    return Node(broker: broker, managementPort: port)
  }

  static func shared() async throws -> Node { try await node.value }

  static func endpoint() async throws -> Endpoint { try Endpoint(try await shared().broker.url) }

  static func link() async throws -> AdminLink { AdminLink(try await endpoint()) }

  static func definitions() async throws -> BrokerDefinitions {
    try BrokerDefinitions(managementURL: try await shared().managementURL)
  }

  /// One request of the management API, for making drift; fails unless it is answered 2xx.
  static func manage(_ method: HTTPMethod, _ path: String, _ body: JSON? = nil) async throws {
    var request = HTTPClientRequest(url: "\(try await shared().managementURL)/api/\(path)")
    request.method = method
    request.headers.add(name: "content-type", value: "application/json")
    request.setBasicAuth(username: "guest", password: "guest")
    if let body { request.body = .bytes(body.encoded) }
    let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
    guard (200..<300).contains(response.status.code) else {
      throw TopologyError.unexpectedAnswer("\(method) \(path): \(response.status)")
    }
  }
}

/// Runs a publisher for as long as the body takes.
func withPublisher<Answer: Sendable>(
  _ endpoint: Endpoint,
  _ body: @Sendable (Publisher) async throws -> Answer
) async throws -> Answer {
  let publisher = Publisher(endpoint, logger: Logger(label: "test"))
  async let running: Void = publisher.run()
  do {
    let answer = try await body(publisher)
    await publisher.shutdown()
    await running
    return answer
  } catch {
    await publisher.shutdown()
    await running
    throw error
  }
}

/// The queue of a stage with its connections, for as long as the body takes.
func withQueue(
  of stage: Flow,
  _ body: @Sendable (BrokerQueue) async throws -> Void
) async throws {
  let endpoint = try await WorkBroker.endpoint()
  let consumer = Consumer(
    endpoint,
    queue: Topology.queue(of: stage),
    prefetch: 64,
    logger: Logger(label: "test")
  )
  try await withPublisher(endpoint) { publisher in
    async let running: Void = consumer.run()
    let queue = BrokerQueue(
      stage: stage.stage,
      consumer: consumer,
      publisher: publisher,
      deadline: .seconds(5)
    )
    do {
      try await body(queue)
    } catch {
      await consumer.shutdown()
      await running
      throw error
    }
    await consumer.shutdown()
    await running
  }
}

extension BrokerQueue {
  /// Publishes all of these, or throws the first failure.
  func store(_ messages: [Outgoing]) async throws {
    for result in await publish(messages) { try result.get() }
  }
}
