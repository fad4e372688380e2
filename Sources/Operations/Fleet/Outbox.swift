import RabbitMQ
import WorkQueues
package import Belt

/// Publishes as long as it is open.
package struct Outbox: Sendable {
  let publisher: Publisher

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
