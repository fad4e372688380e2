import RabbitMQ
import TestKit
import Testing

@Suite struct PublisherTests {
  @Test func `results stand in the order of the messages and tell which had no queue`() async throws
  {
    try await withLinks { links in
      var batch = (0..<10).map { links.message("m\($0)") }
      batch[4] = OutboundMessage(
        exchange: "",
        routingKey: "no.such.queue",
        messageID: "m4",
        type: "t",
        body: []
      )
      let results = await links.publisher.publish(batch, deadline: .seconds(10))
      var expected = [PublishError?](repeating: nil, count: 10)
      expected[4] = .unroutable(code: 312, text: "NO_ROUTE")
      #expect(results.map(\.failure) == expected)
      #expect(await links.take(9).map(\.messageID).count == 9)
    }
  }

  @Test func `a full queue that rejects is an error of the message`() async throws {
    let arguments: FieldTable = ["x-max-length": .int(1), "x-overflow": .string("reject-publish")]
    try await withLinks(arguments: arguments) { links in
      var failures: [PublishError] = []
      // The limit of a quorum queue is soft by a few messages.
      for number in 0..<100 where failures.isEmpty {
        failures += await links.publish(["m\(number)"]).compactMap(\.failure)
        if number == 0 { await links.consumer.stopTaking() }
      }
      #expect(failures == [.rejected])
    }
  }

  @Test func `more messages than the window are all confirmed`() async throws {
    try await withLinks { links in
      let ids = (0..<1000).map { "m\($0)" }
      #expect(await links.publish(ids).allSatisfy { $0.failure == nil })
    }
  }

  @Test func `many callers share one connection and each gets its own results`() async throws {
    try await withLinks { links in
      await withTaskGroup(of: Void.self) { group in
        for caller in 0..<20 {
          group.addTask {
            let wrong = OutboundMessage(
              exchange: "",
              routingKey: "none.\(caller)",
              messageID: "same",
              type: "t",
              body: []
            )
            let results = await links.publisher.publish(
              [links.message("same"), wrong, links.message("same")],
              deadline: .seconds(10)
            )
            #expect(
              results.map(\.failure) == [nil, .unroutable(code: 312, text: "NO_ROUTE"), nil]
            )
          }
        }
      }
    }
  }

  @Test func `a missing exchange is an error of its messages and the link heals`() async throws {
    try await withLinks { links in
      let lost = OutboundMessage(
        exchange: "no.such.exchange",
        routingKey: "k",
        messageID: "m",
        type: "t",
        body: []
      )
      let failure = await links.publisher.publish([lost], deadline: .seconds(10))[0].failure
      guard case .unroutable(404, let text)? = failure else {
        Issue.record("not told apart: \(String(describing: failure))")
        return
      }
      #expect(text.contains("no.such.exchange"))
      #expect(await links.publish(["after"]).map(\.failure) == [nil])
    }
  }

  @Test func `a message beyond the limits of the protocol harms no other`() async throws {
    try await withLinks { links in
      let long = OutboundMessage(
        exchange: "",
        routingKey: String(repeating: "k", count: 300),
        messageID: "m",
        type: "t",
        body: []
      )
      let wide = links.message(
        "wide",
        headers: ["h": .string(String(repeating: "x", count: 200_000))]
      )
      let results = await links.publisher.publish(
        [links.message("a"), long, wide, links.message("b")],
        deadline: .seconds(10)
      )
      #expect(results.map { $0.failure == nil } == [true, false, false, true])
      #expect(links.log.lines.allSatisfy { !$0.contains("is down") })
    }
  }

  @Test func `without a broker a publish waits for its deadline and no longer`() async throws {
    let log = LogLines()
    // Nothing listens on the discard port.
    let publisher = Publisher(try Endpoint("amqp://127.0.0.1:9"), logger: log.logger)
    async let running: Void = publisher.run()
    let message = OutboundMessage(
      exchange: "",
      routingKey: "k",
      messageID: "m",
      type: "t",
      body: []
    )
    let clock = ContinuousClock()
    let took = await clock.measure {
      let results = await publisher.publish([message, message], deadline: .milliseconds(300))
      #expect(results.map(\.failure) == [.timedOut, .timedOut])
    }
    #expect(took >= .milliseconds(300) && took < .seconds(2))
    #expect(!publisher.isConnected)
    try await eventually("the failed attempt is logged") {
      log.lines.contains { $0.contains("127.0.0.1:9") && $0.contains("warning") }
    }
    await publisher.shutdown()
    await running
  }

  @Test func `a publisher that was shut down answers at once`() async throws {
    let publisher = Publisher(
      try Endpoint("amqp://127.0.0.1:9"),
      logger: LogLines().logger
    )
    let message = OutboundMessage(
      exchange: "",
      routingKey: "k",
      messageID: "m",
      type: "t",
      body: []
    )
    async let waiting = publisher.publish([message], deadline: .seconds(60))
    // Either it was already waiting or it comes too late; both end alike.
    await publisher.shutdown()
    #expect(await waiting.map(\.failure) == [.shuttingDown])
    let late = await publisher.publish([message], deadline: .seconds(60))
    #expect(late.map(\.failure) == [.shuttingDown])
    await publisher.shutdown()
    await publisher.run()
  }

  @Test func `shutting down waits for the confirms of what was written`() async throws {
    try await withLinks { links in
      #expect(await links.publish(["first"]).map(\.failure) == [nil])
      async let results = links.publish((0..<200).map { "m\($0)" })
      await links.publisher.shutdown()
      for failure in await results.map(\.failure) {
        #expect(failure == nil || failure == .shuttingDown)
      }
    }
  }

  @Test func `cancelling the run closes the connection`() async throws {
    let endpoint = try await Endpoint(PrivateBroker.sharedURL())
    let publisher = Publisher(endpoint, logger: LogLines().logger)
    let running = Task { await publisher.run() }
    try await eventually("connected") { publisher.isConnected }
    running.cancel()
    await running.value
    #expect(!publisher.isConnected)
  }
}
