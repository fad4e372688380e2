import RabbitMQ
import TestKit
import Testing

/// What happens when the broker stops answering, dies, or runs out of memory.
///
/// One broker for all, so one after the other.
@Suite(.serialized, .timeLimit(.minutes(3))) struct FaultTests {
  private static let node = Task { try await PrivateBroker(tls: true) }

  @Test func `with TLS the broker is verified and messages go through`() async throws {
    let broker = try await Self.node.value
    let url =
      "amqps://guest:guest@localhost:\(broker.tlsPort)/?cacertfile=\(broker.authorityFile)"
    try await withLinks(to: url) { links in
      let body = [UInt8](repeating: 9, count: 500_000)
      let batch = (0..<20).map { links.message("m\($0)", body: body) }
      let results = await links.publisher.publish(batch, deadline: .seconds(20))
      #expect(results.allSatisfy { $0.failure == nil })
      #expect(await links.take(20).allSatisfy { $0.body == body })
    }
  }

  @Test func `with TLS a certificate for another host is refused`() async throws {
    let broker = try await Self.node.value
    let authority = "cacertfile=\(broker.authorityFile)"
    let endpoint = try Endpoint("amqps://guest:guest@127.0.0.1:\(broker.tlsPort)/?\(authority)")
    try await expectRefusedByTLS(endpoint)
  }

  @Test func `with TLS an authority that is not trusted is refused`() async throws {
    let broker = try await Self.node.value
    try await expectRefusedByTLS(Endpoint("amqps://guest:guest@localhost:\(broker.tlsPort)/"))
  }

  private func expectRefusedByTLS(_ endpoint: Endpoint) async throws {
    await #expect {
      try await checkQueue("any", on: endpoint)
    } throws: { error in
      guard case LinkError.tls = error else { return false }
      return true
    }
  }

  @Test func `a frozen broker delays no answer past its deadline`() async throws {
    let broker = try await Self.node.value
    let clock = ContinuousClock()
    try await withLinks(to: broker.url) { links in
      #expect(await links.publish(["before"]).map(\.failure) == [nil])
      await broker.freeze()
      let written = await clock.measure {
        let results = await links.publisher.publish(
          [links.message("written")],
          deadline: .milliseconds(500)
        )
        #expect(results.map(\.failure) == [.outcomeUnknown("no confirm in time")])
      }
      #expect(written >= .milliseconds(500) && written < .milliseconds(1500))

      // More than the socket takes: the C library would wait for ever.
      let large = (0..<64).map {
        links.message("l\($0)", body: Array(repeating: 0, count: 1 << 20))
      }
      let stuck = await clock.measure {
        let results = await links.publisher.publish(large, deadline: .milliseconds(500))
        #expect(results.allSatisfy { $0.failure != nil })
      }
      #expect(stuck < .milliseconds(1500))

      // The broker's kernel still takes connections, so a new one hangs in its handshake.
      try await eventually("the link is seen as lost", within: .seconds(8)) {
        !links.publisher.isConnected && !links.consumer.isConnected
      }
      let disconnected = await clock.measure {
        let results = await links.publisher.publish(
          [links.message("waiting")],
          deadline: .milliseconds(500)
        )
        #expect(results.map(\.failure) == [.timedOut])
      }
      #expect(disconnected < .milliseconds(1500))

      await broker.thaw()
      try await eventually("connected again") { links.publisher.isConnected }
      #expect(await links.publish(["after"]).map(\.failure) == [nil])
    }
  }

  @Test func `after a crash nothing acknowledged comes back and nothing else is lost`()
    async throws
  {
    let broker = try await Self.node.value
    try await withLinks(to: broker.url, prefetch: 10) { links in
      let ids = (0..<20).map { "m\($0)" }
      #expect(await links.publish(ids).allSatisfy { $0.failure == nil })
      let first = await links.take(10)
      let done = Array(first.prefix(5))
      await links.consumer.acknowledge(done.map(\.token))
      // The prefetch is used up, so these arrive only after the broker took the verdicts.
      let second = await links.take(5)

      try await broker.waitUntilStored(queue: links.queue)
      await broker.kill()
      try await eventually("both notice") {
        !links.publisher.isConnected && !links.consumer.isConnected
      }
      async let waiting = links.publisher.publish([links.message("late")], deadline: .seconds(60))
      try await broker.start()
      #expect(await waiting.map(\.failure) == [nil])

      // Verdicts of the old connection mean nothing now and harm nothing.
      await links.consumer.acknowledge(first.map(\.token) + second.map(\.token))
      let expected = Set(ids).subtracting(done.compactMap(\.messageID)).union(["late"])
      var seen: Set<String> = []
      while seen.count < expected.count {
        let batch = await links.consumer.next(max: 10)
        try #require(!batch.isEmpty)
        seen.formUnion(batch.compactMap(\.messageID))
        await links.consumer.acknowledge(batch.map(\.token))
      }
      #expect(seen == expected)
      await links.consumer.shutdown()
      try await eventually("the queue is empty") {
        let state = try await links.admin.checkQueue(links.queue)
        return state.ready == 0 && state.consumers == 0
      }
    }
  }

  @Test func `a broker without memory blocks publishing within its deadline and then goes on`()
    async throws
  {
    let broker = try await Self.node.value
    let clock = ContinuousClock()
    try await withLinks(to: broker.url) { links in
      #expect(await links.publish(["before"]).map(\.failure) == [nil])
      try await broker.set(.memory, true)
      // The broker says that it blocks only when somebody publishes.
      let first = await links.publisher.publish(
        [links.message("first")],
        deadline: .milliseconds(500)
      )
      let failure = first[0].failure
      guard case .outcomeUnknown? = failure else {
        Issue.record("not confirmed, yet: \(String(describing: failure))")
        return
      }
      try await eventually("blocked") { links.publisher.isBlocked }
      let took = await clock.measure {
        let results = await links.publisher.publish(
          [links.message("second")],
          deadline: .milliseconds(500)
        )
        #expect(results.map(\.failure) == [.brokerBlocked])
      }
      #expect(took < .milliseconds(1500))
      // Consuming goes on meanwhile.
      #expect(await links.take(1).map(\.messageID) == ["before"])

      async let waiting = links.publish(["waiting"])
      try await broker.set(.memory, false)
      #expect(await waiting.map(\.failure) == [nil])
      #expect(!links.publisher.isBlocked)
    }
  }
}
