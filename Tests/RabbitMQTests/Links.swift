import Logging
import RabbitMQ
import TestKit

/// A queue of its own with a publisher and a consumer, gone after the test.
struct Links {
  let endpoint: Endpoint
  let queue: String
  let publisher: Publisher
  let consumer: Consumer
  let admin: AdminLink
  let log: LogLines

  func message(_ id: String, headers: FieldTable = [:], body: [UInt8] = [1, 2, 3])
    -> OutboundMessage
  {
    OutboundMessage(
      exchange: "",
      routingKey: queue,
      messageID: id,
      type: "test.v1",
      headers: headers,
      body: body
    )
  }

  func publish(_ ids: [String]) async -> [Result<Void, PublishError>] {
    await publisher.publish(ids.map { message($0) }, deadline: .seconds(10))
  }

  /// Takes batches until `count` messages are there, and passes no verdict.
  func take(_ count: Int) async -> [InboundMessage] {
    var taken: [InboundMessage] = []
    while taken.count < count {
      let batch = await consumer.next(max: count - taken.count)
      if batch.isEmpty { break }
      taken += batch
    }
    return taken
  }
}

/// Runs `body` with a quorum queue and a running publisher and consumer.
func withLinks(
  to url: String? = nil,
  prefetch: UInt16 = 100,
  arguments: FieldTable = [:],
  _ body: (Links) async throws -> Void
) async throws {
  let address = if let url { url } else { try await PrivateBroker.sharedURL() }
  let endpoint = try Endpoint(address)
  let queue = "test.\(UInt64.random(in: 0 ... .max))"
  let log = LogLines()
  let links = Links(
    endpoint: endpoint,
    queue: queue,
    publisher: Publisher(endpoint, logger: log.logger),
    consumer: Consumer(endpoint, queue: queue, prefetch: prefetch, logger: log.logger),
    admin: AdminLink(endpoint),
    log: log
  )
  try await links.admin.declareQueue(
    queue,
    arguments: arguments.merging(["x-queue-type": .string("quorum")]) { $1 }
  )
  async let publishing: Void = links.publisher.run()
  async let consuming: Void = links.consumer.run()
  var failure: (any Error)?
  do { try await body(links) } catch { failure = error }
  await links.consumer.shutdown()
  await links.publisher.shutdown()
  _ = await (publishing, consuming)
  do { try await links.admin.deleteQueue(queue) } catch { failure = failure ?? error }
  await links.admin.close()
  if let failure { throw failure }
}

extension Result where Success == Void, Failure == PublishError {
  /// Nil for a success.
  var failure: PublishError? {
    guard case .failure(let error) = self else { return nil }
    return error
  }
}
