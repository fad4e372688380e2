package import RabbitMQ
package import Belt

/// The work queue of one stage on the broker.
///
/// The connections are run by their owner: this type starts nothing and closes nothing.
package struct BrokerQueue: WorkQueue {
  /// The process is stopping and may have no more than a few seconds.
  private static let handBackTime = Duration.seconds(3)

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
    await consumer.next(max: max).map(delivery)
  }

  private func delivery(_ inbound: InboundMessage) -> Delivery {
    Delivery(content: read(inbound), token: inbound.token, isRedelivered: inbound.redelivered)
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
  package func publish(_ messages: [Outgoing]) async -> [Result<Void, NotPublished>] {
    await publish(messages, deadline: deadline)
  }

  private func publish(
    _ messages: [Outgoing],
    deadline: Duration
  ) async -> [Result<Void, NotPublished>] {
    let batch = messages.map { OutboundMessage($0) }
    let results = await publisher.publish(batch, deadline: deadline)
    let takesSome = results.contains { if case .success = $0 { true } else { false } }
    return zip(batch, results).map { message, result in
      result.mapError { cause in
        let failure = BrokerFailure(
          cause,
          exchange: message.exchange,
          routingKey: message.routingKey
        )
        return NotPublished(failure.extent(whileOthersPass: takesSome), failure.reason)
      }
    }
  }

  package func acknowledge(_ deliveries: [Delivery]) async {
    await consumer.acknowledge(tokens(of: deliveries))
  }

  /// Takes no more, and gives back what was never handed out.
  package func stopTaking() async {
    await giveBack(await consumer.drain().map(delivery))
  }

  /// Puts deliveries back as if nobody had had them: each is published anew and then acknowledged.
  ///
  /// What is put back the broker's own way comes again as redelivered, up to RabbitMQ 4.2 also as a
  /// failed delivery: an orderly stop would look like a crash, and a few of them would park messages. So
  /// that way is only for what was redelivered when it came, which stays suspect, for what is no message
  /// of ours, and for what cannot be published.
  package func giveBack(_ deliveries: [Delivery]) async {
    var fresh: [(delivery: Delivery, message: Message)] = []
    var others: [Delivery] = []
    for delivery in deliveries {
      if !delivery.isRedelivered, case .success(let message) = delivery.content {
        fresh.append((delivery, message))
      } else {
        others.append(delivery)
      }
    }
    let results = await publish(
      fresh.map { Outgoing($0.message) },
      deadline: min(deadline, Self.handBackTime)
    )
    var stored: [Delivery] = []
    for ((delivery, _), result) in zip(fresh, results) {
      if case .success = result { stored.append(delivery) } else { others.append(delivery) }
    }
    await acknowledge(stored)
    await consumer.giveBack(tokens(of: others))
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
