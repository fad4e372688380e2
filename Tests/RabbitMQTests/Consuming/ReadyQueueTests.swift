import Testing

@testable import RabbitMQ

@Suite struct ReadyQueueTests {
  private func message(_ tag: UInt64, redelivered: Bool = false) -> InboundMessage {
    InboundMessage(
      messageID: nil,
      type: nil,
      correlationID: nil,
      exchange: "",
      routingKey: "",
      headers: [:],
      timestamp: nil,
      body: [],
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

  @Test func `a redelivered message is handed out alone`() {
    var queue = ReadyQueue()
    queue.append(contentsOf: [
      message(1), message(2), message(3, redelivered: true), message(4, redelivered: true),
      message(5), message(6),
    ])
    #expect(tags(queue.take(max: 10)) == [1, 2])
    #expect(tags(queue.take(max: 10)) == [3])
    #expect(tags(queue.take(max: 10)) == [4])
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
}
