import RabbitMQ
import TestKit
import Testing

@Suite struct ConsumerTests {
  @Test func `every property and every kind of header survives the way through the broker`()
    async throws
  {
    try await withLinks { links in
      let headers: FieldTable = [
        "bool": .bool(true), "int": .int(.min), "double": .double(0.1), "string": .string("São"),
        "bytes": .bytes([0, 255]), "timestamp": .timestamp(1_700_000_000), "void": .void,
        "table": .table(["inner": .array([.int(1), .string("x"), .table(["deep": .bool(false)])])]),
        "empty table": .table([:]), "empty array": .array([]),
      ]
      let body = (0..<300_000).map { UInt8(truncatingIfNeeded: $0) }
      let sent = OutboundMessage(
        exchange: "",
        routingKey: links.queue,
        messageID: "id",
        type: "lead.imported.v1",
        correlationID: "journey",
        headers: headers,
        timestamp: 1_700_000_001,
        appID: "test",
        body: body
      )
      #expect(await links.publisher.publish([sent], deadline: .seconds(10))[0].failure == nil)
      let got = try #require(await links.consumer.next(max: 1).first)
      #expect(got.messageID == "id")
      #expect(got.type == "lead.imported.v1")
      #expect(got.correlationID == "journey")
      #expect(got.exchange == "")
      #expect(got.routingKey == links.queue)
      #expect(got.headers == headers)
      #expect(got.timestamp == 1_700_000_001)
      #expect(got.body == body)
      #expect(!got.redelivered)
      #expect(got.brokerDeliveryCount == nil)
    }
  }

  @Test func `an empty body and absent properties arrive as such`() async throws {
    try await withLinks { links in
      #expect(
        await links.publisher.publish([links.message("m", body: [])], deadline: .seconds(10))[0]
          .failure == nil
      )
      let got = try #require(await links.consumer.next(max: 1).first)
      #expect(got.body.isEmpty)
      #expect(got.correlationID == nil)
      #expect(got.timestamp == nil)
      #expect(got.headers.isEmpty)
    }
  }

  @Test func `a batch is what is waiting and does not wait for more`() async throws {
    try await withLinks { links in
      #expect(await links.publish(["a", "b", "c"]).allSatisfy { $0.failure == nil })
      var ids: [String?] = []
      // With room for 64, waiting for more than the three would never end.
      while ids.count < 3 { ids += await links.consumer.next(max: 64).map(\.messageID) }
      #expect(ids == ["a", "b", "c"])
    }
  }

  @Test func `an acknowledged message is gone`() async throws {
    try await withLinks(prefetch: 10) { links in
      #expect(await links.publish((0..<10).map { "m\($0)" }).allSatisfy { $0.failure == nil })
      let taken = await links.take(10)
      // In any order and twice.
      await links.consumer.acknowledge(taken.map(\.token).reversed())
      await links.consumer.acknowledge(taken.map(\.token))
      // The prefetch is used up, so this one arrives only after the broker took the verdicts.
      #expect(await links.publish(["next"]).map(\.failure) == [nil])
      #expect(await links.take(1).map(\.messageID) == ["next"])
      await links.consumer.shutdown()
      try await eventually("only the last one is left") {
        try await links.admin.checkQueue(links.queue).ready == 1
      }
    }
  }

  @Test func `what was given back comes again, marked`() async throws {
    try await withLinks { links in
      #expect(await links.publish(["a", "b", "c"]).allSatisfy { $0.failure == nil })
      await links.consumer.giveBack(await links.take(3).map(\.token))
      var again: [String?] = []
      while again.count < 3 {
        let batch = await links.consumer.next(max: 64)
        #expect(batch.map(\.redelivered) == batch.map { _ in true })
        #expect(batch.map(\.brokerDeliveryCount) == batch.map { _ in 1 })
        again += batch.map(\.messageID)
      }
      #expect(again.compactMap(\.self).sorted() == ["a", "b", "c"])
    }
  }

  @Test func `a stopped consumer gives back what was never handed out`() async throws {
    try await withLinks { links in
      #expect(await links.publish((0..<10).map { "m\($0)" }).allSatisfy { $0.failure == nil })
      let taken = await links.take(3)
      await links.consumer.stopTaking()
      #expect(await links.consumer.next(max: 64).isEmpty)
      // Verdicts on what was handed out still count.
      await links.consumer.acknowledge(taken.map(\.token))
      await links.consumer.shutdown()
      try await eventually("seven are back") {
        try await links.admin.checkQueue(links.queue).ready == 7
      }
    }
  }

  @Test func `waiting handlers share the work and end when it stops`() async throws {
    try await withLinks { links in
      let handled = await withTaskGroup(of: Int.self) { group in
        for _ in 0..<4 {
          group.addTask {
            var count = 0
            while case let batch = await links.consumer.next(max: 8), !batch.isEmpty {
              count += batch.count
              await links.consumer.acknowledge(batch.map(\.token))
            }
            return count
          }
        }
        _ = await links.publish((0..<200).map { "m\($0)" })
        do {
          try await eventually("all taken") {
            try await links.admin.checkQueue(links.queue).ready == 0
          }
        } catch {
          Issue.record(error)
        }
        await links.consumer.stopTaking()
        return await group.reduce(0, +)
      }
      await links.consumer.shutdown()
      try await eventually("each was taken or given back") {
        try await links.admin.checkQueue(links.queue).ready == 200 - handled
      }
    }
  }

  @Test func `a cancelled wait ends with nothing and leaves the queue to others`() async throws {
    try await withLinks { links in
      let waiting = Task { await links.consumer.next(max: 1) }
      waiting.cancel()
      #expect(await waiting.value.isEmpty)
      #expect(await links.publish(["m"]).map(\.failure) == [nil])
      #expect(await links.take(1).map(\.messageID) == ["m"])
    }
  }

  @Test func `a deleted queue is named in the log and consumed again once it is back`()
    async throws
  {
    try await withLinks { links in
      try await eventually("consuming") { links.consumer.isConnected }
      try await links.admin.deleteQueue(links.queue)
      try await eventually("noticed") { !links.consumer.isConnected }
      try await eventually("logged") {
        links.log.lines.contains { $0.hasPrefix("error") && $0.contains(links.queue) }
      }
      try await links.admin.declareQueue(
        links.queue,
        arguments: ["x-queue-type": .string("quorum")]
      )
      #expect(await links.publish(["m"]).map(\.failure) == [nil])
      #expect(await links.take(1).map(\.messageID) == ["m"])
      #expect(links.consumer.isConnected)
    }
  }

  @Test func `a consumer waits for a queue that is declared later`() async throws {
    let endpoint = try Endpoint(try await PrivateBroker.sharedURL())
    let queue = "test.later.\(UInt64.random(in: 0 ... .max))"
    let log = LogLines()
    let consumer = Consumer(endpoint, queue: queue, prefetch: 1, logger: log.logger)
    async let running: Void = consumer.run()
    try await eventually("refused") {
      log.lines.contains { $0.contains("404") && $0.contains(queue) }
    }
    #expect(!consumer.isConnected)
    let admin = AdminLink(endpoint)
    try await admin.declareQueue(queue)
    try await eventually("consuming") { consumer.isConnected }
    await consumer.shutdown()
    await running
    try await admin.deleteQueue(queue)
    await admin.close()
  }
}
