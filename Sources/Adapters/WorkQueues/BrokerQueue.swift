package import RabbitMQ
package import Workers

/// The work queue of one stage on the broker.
///
/// The connections are run by their owner: this type starts nothing and closes nothing.
package struct BrokerQueue: WorkQueue {
  private let stage: String
  private let consumer: Consumer
  private let publisher: Publisher
  private let deadline: Duration

  /// - Parameters:
  ///   - stage: Whose messages these are; others in the queue come out as malformed.
  ///   - consumer: Of the queue `esteira.q.<stage>`.
  ///   - publisher: For what follows, for retries and for the parked; may be shared.
  ///   - deadline: For one publish with its confirms.
  package init(
    stage: String,
    consumer: Consumer,
    publisher: Publisher,
    deadline: Duration = .seconds(10)
  ) {
    self.stage = stage
    self.consumer = consumer
    self.publisher = publisher
    self.deadline = deadline
  }

  package func next(max: Int) async -> [Delivery] {
    await consumer.next(max: max).map { inbound in
      Delivery(
        content: read(inbound),
        token: inbound.token,
        isRedelivered: inbound.redelivered
      )
    }
  }

  private func read(_ inbound: InboundMessage) -> Result<Message, MalformedMessage> {
    do throws(MalformedMessage) {
      let message = try Message(inbound)
      guard message.stage == stage else {
        throw MalformedMessage(
          Reason(
            "message_misrouted",
            "A message of the stage \(message.stage) lies in the queue of \(stage)."
          ),
          remains: message
        )
      }
      return .success(message)
    } catch {
      return .failure(error)
    }
  }

  /// Publishes all in one confirm window and waits for every confirm.
  ///
  /// - Throws: ``BrokerFailure`` of the first that was not confirmed; any of them may be stored.
  package func publish(_ messages: [Outgoing]) async throws {
    let batch = messages.map { OutboundMessage($0) }
    let results = await publisher.publish(batch, deadline: deadline)
    for (message, result) in zip(batch, results) {
      if case .failure(let cause) = result {
        throw BrokerFailure(cause, exchange: message.exchange, routingKey: message.routingKey)
      }
    }
  }

  package func acknowledge(_ deliveries: [Delivery]) async {
    await consumer.acknowledge(tokens(of: deliveries))
  }

  package func giveBack(_ deliveries: [Delivery]) async {
    await consumer.giveBack(tokens(of: deliveries))
  }

  private func tokens(of deliveries: [Delivery]) -> [DeliveryToken] {
    deliveries.map { delivery in
      guard let token = delivery.token as? DeliveryToken else {
        preconditionFailure("a delivery goes back to the queue that it came from")
      }
      return token
    }
  }
}
