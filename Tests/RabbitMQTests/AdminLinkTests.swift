import RabbitMQ
import TestKit
import Testing

@Suite struct AdminLinkTests {
  @Test func `a missing queue is told by its name`() async throws {
    let endpoint = try Endpoint(try await PrivateBroker.sharedURL())
    await #expect {
      try await checkQueue("no.such.queue", on: endpoint)
    } throws: { error in
      guard case LinkError.channelClosed(404, let text) = error else { return false }
      return text.contains("no.such.queue")
    }
  }

  @Test func `a wrong password is refused without being shown`() async throws {
    let right = try Endpoint(try await PrivateBroker.sharedURL())
    let host = try #require(right.hosts.first)
    let endpoint = try Endpoint(
      "amqp://\(right.user):not-the-secret@\(host.name):\(host.port)/"
    )
    await #expect {
      try await checkQueue("any", on: endpoint)
    } throws: { error in
      guard let error = error as? LinkError, case .handshake(403, _) = error else { return false }
      return "\(error)".contains("ACCESS_REFUSED") && !"\(error)".contains("not-the-secret")
        && !error.isTransient
    }
  }

  @Test func `a host where nobody listens is named`() async throws {
    let endpoint = try Endpoint("amqp://127.0.0.1:9")
    await #expect {
      try await checkQueue("any", on: endpoint)
    } throws: { error in
      guard let error = error as? LinkError, case .connect(let text) = error else { return false }
      return text.contains("127.0.0.1:9") && error.isTransient
    }
  }

  @Test func `the link is usable after a refusal`() async throws {
    try await withLinks { links in
      let other: FieldTable = ["x-queue-type": .string("classic")]
      await #expect {
        try await links.admin.declareQueue(links.queue, arguments: other)
      } throws: { error in
        guard case LinkError.channelClosed(406, _) = error else { return false }
        return true
      }
      let state = try await links.admin.checkQueue(links.queue)
      #expect(state.ready == 0)
    }
  }

  @Test func `a bound queue gets what the exchange routes, and get takes it out`() async throws {
    try await withLinks { links in
      await links.consumer.stopTaking()
      let exchange = links.queue + ".exchange"
      try await links.admin.declareExchange(exchange, kind: "topic")
      try await links.admin.checkExchange(exchange)
      try await links.admin.bind(queue: links.queue, exchange: exchange, routingKey: "stage.#")
      let message = OutboundMessage(
        exchange: exchange,
        routingKey: "stage.acme",
        messageID: "m",
        type: "t",
        body: Array(repeating: 7, count: 200_000)
      )
      #expect(
        await links.publisher.publish([message, message], deadline: .seconds(10))
          .allSatisfy { $0.failure == nil }
      )
      let got = try #require(try await links.admin.get(links.queue))
      #expect(got.routingKey == "stage.acme")
      #expect(got.body == message.body)
      #expect(try await links.admin.purge(links.queue) == 1)
      #expect(try await links.admin.get(links.queue) == nil)
      try await links.admin.deleteExchange(exchange)
    }
  }
}
