import Testing

@testable import RabbitMQ

@Suite struct ReadyQueueTests {
  private func message(
    _ tag: UInt64,
    key: String = "",
    redelivered: Bool = false,
    bytes: Int = 0
  ) -> InboundMessage {
    InboundMessage(
      messageID: nil,
      type: nil,
      correlationID: nil,
      exchange: "",
      routingKey: key,
      headers: [:],
      timestamp: nil,
      body: [UInt8](repeating: 0, count: bytes),
      redelivered: redelivered,
      token: DeliveryToken(epoch: 1, tag: tag)
    )
  }

  private func tags(_ messages: [InboundMessage]) -> [UInt64] { messages.map(\.token.tag) }

  @Test func `what is waiting is taken in order and up to the limit`() {
    var queue = ReadyQueue()
    queue.append(contentsOf: (1...5).map { message($0) })
    #expect(tags(queue.take(max: 3)) == [1, 2, 3])
    #expect(tags(queue.take(max: 3)) == [4, 5])
    #expect(queue.take(max: 3).isEmpty)
  }

  @Test func `a batch ends at some megabytes, and a body that is larger comes alone`() {
    var queue = ReadyQueue()
    let megabyte = 1 << 20
    queue.append(contentsOf: (1...6).map { message($0, bytes: megabyte) })
    queue.append(contentsOf: [message(7, bytes: 9 * megabyte), message(8)])
    #expect(tags(queue.take(max: 64)) == [1, 2, 3, 4])
    #expect(tags(queue.take(max: 64)) == [5, 6])
    #expect(tags(queue.take(max: 64)) == [7])
    #expect(tags(queue.take(max: 64)) == [8])
  }

  @Test func `redelivered messages are handed out apart from the others`() {
    var queue = ReadyQueue()
    queue.append(contentsOf: [
      message(1), message(2), message(3, redelivered: true), message(4, redelivered: true),
      message(5), message(6),
    ])
    #expect(tags(queue.take(max: 10)) == [1, 2])
    #expect(tags(queue.take(max: 10)) == [3, 4])
    #expect(tags(queue.take(max: 10)) == [5, 6])
  }

  @Test func `order survives any mix of arrivals and takes`() {
    var generator = SeededGenerator(seed: 7)
    var queue = ReadyQueue()
    var arrived: UInt64 = 0
    var taken: UInt64 = 0
    for _ in 0..<2000 {
      let count = generator.next() % 20
      queue.append(contentsOf: (0..<count).map { message(arrived + 1 + $0) })
      arrived += count
      for message in queue.take(max: 1 + Int(generator.next() % 20)) {
        taken += 1
        #expect(message.token.tag == taken)
      }
    }
    #expect(queue.removeAll().count == Int(arrived - taken))
    #expect(queue.isEmpty)
  }

  @Test func `a key with much waiting shares every batch with the others`() {
    var queue = ReadyQueue()
    queue.append(contentsOf: (1...1000).map { message($0, key: "noisy") })
    queue.append(contentsOf: (0..<20).map { message(2000 + $0, key: "quiet\($0)") })
    let first = queue.take(max: 28)
    #expect(first.prefix(8).allSatisfy { $0.routingKey == "noisy" })
    #expect(Set(first.dropFirst(8).map(\.routingKey)).count == 20)
    #expect(tags(queue.take(max: 2)) == [9, 10], "and alone it has the whole batch")
  }

  @Test func `a turn that the end of a batch cut short goes on in the next`() {
    var queue = ReadyQueue()
    queue.append(contentsOf: (1...20).map { message($0, key: "a") })
    queue.append(contentsOf: (101...120).map { message($0, key: "b") })
    #expect(tags(queue.take(max: 3)) == [1, 2, 3])
    #expect(tags(queue.take(max: 10)) == [4, 5, 6, 7, 8, 101, 102, 103, 104, 105])
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `nothing is lost, each key keeps its order, and the redelivered come apart`(
    seed: UInt64
  ) {
    var generator = SeededGenerator(seed: seed)
    var queue = ReadyQueue()
    var sent: [String: UInt64] = [:]
    var seen: [String: UInt64] = [:]
    for _ in 0..<300 {
      let arrived = (0..<generator.next() % 30).map { _ in
        let key = "k\(generator.next() % 5)"
        sent[key, default: 0] += 1
        return message(sent[key] ?? 0, key: key, redelivered: generator.next() % 40 == 0)
      }
      queue.append(contentsOf: arrived)
      let taken = queue.take(max: 1 + Int(generator.next() % 20))
      #expect(Set(taken.map(\.redelivered)).count <= 1)
      for message in taken {
        #expect(message.token.tag == (seen[message.routingKey] ?? 0) + 1)
        seen[message.routingKey] = message.token.tag
      }
    }
    for message in queue.removeAll() {
      #expect(message.token.tag == (seen[message.routingKey] ?? 0) + 1)
      seen[message.routingKey] = message.token.tag
    }
    #expect(seen == sent)
    #expect(queue.isEmpty)
  }
}
