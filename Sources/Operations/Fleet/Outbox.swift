import Logging
import RabbitMQ
import WorkQueues
package import Belt

/// Publishes as long as it is open.
package struct Outbox: Sendable {
  private let publisher: Publisher

  /// Connects for a body, and closes.
  static func open<Value: Sendable>(
    _ endpoint: Endpoint,
    logger: Logger,
    _ body: (Outbox) async throws -> Value
  ) async throws -> Value {
    let publisher = Publisher(endpoint, logger: logger)
    async let running: Void = publisher.run()
    let result: Result<Value, any Error>
    do {
      result = .success(try await body(Outbox(publisher: publisher)))
    } catch {
      result = .failure(error)
    }
    await publisher.shutdown()
    await running
    return try result.get()
  }

  /// Publishes all, and waits until the broker has them safe.
  ///
  /// - Throws: `BrokerFailure`; any of them may be stored.
  package func publish(_ messages: [Outgoing]) async throws {
    let batch = messages.map { OutboundMessage($0) }
    let results = await publisher.publish(batch, deadline: .seconds(10))
    for (message, result) in zip(batch, results) {
      if case .failure(let cause) = result {
        throw BrokerFailure(cause, exchange: message.exchange, routingKey: message.routingKey)
      }
    }
  }
}
