import Leads
import Logging
import RabbitMQ
import Synchronization
import Testing
import Belt

@testable import WorkQueues

/// What a stop leaves behind, on a real broker: an orderly one nothing, a crash its suspects.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct OrderlyStopTests {
  /// Holds its batches until it is let go; writes down their sizes.
  private actor Gate: Handler {
    private(set) var sizes: [Int] = []
    private(set) var handled: Set<Identifier> = []
    private var isOpen: Bool
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(isOpen: Bool) { self.isOpen = isOpen }

    func open() {
      isOpen = true
      for one in waiting { one.resume() }
      waiting = []
    }

    func handle(_ batch: [Message]) async throws -> [Outcome] {
      if !isOpen { await withCheckedContinuation { waiting.append($0) } }
      sizes.append(batch.count)
      handled.formUnion(batch.map(\.id))
      return batch.map { _ in .done(follows: []) }
    }
  }

  private final class Book: SuspectBook {
    let begun = Mutex(0)
    func begin(_ messages: [Message]) -> Set<Identifier> {
      begun.withLock { $0 += messages.count }
      return []
    }
    func mayBegin(_: Message) -> Bool {
      begun.withLock { $0 += 1 }
      return true
    }
    func ended(_: Message) {}
  }

  private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
  private static let name = Topology.queue(of: .centralizer)

  private static func message(_ number: Int) -> Outgoing {
    Outgoing(
      Message(
        id: Identifier(derivedFrom: "stop", String(number)),
        type: "lead.imported.v1",
        stage: Flow.centralizer.stage,
        integration: "acme",
        journey: Identifier(derivedFrom: "stop"),
        body: []
      )
    )
  }

  /// A worker with a connection of its own, until the body returns.
  private func withWorker(
    _ handler: Gate,
    suspects: Book,
    _ publisher: Publisher,
    _ body: (BrokerQueue, Consumer) async throws -> Void
  ) async throws {
    let consumer = Consumer(
      try await WorkBroker.endpoint(),
      queue: Self.name,
      prefetch: 300,
      logger: Self.logger
    )
    let queue = BrokerQueue(stage: "centralizer", consumer: consumer, publisher: publisher)
    async let consuming: Void = consumer.run()
    async let working: Void = Worker(
      queue: queue,
      handler: handler,
      suspects: suspects,
      progress: WorkerProgress(stage: "centralizer", now: { 0 }),
      logger: Self.logger
    ).run()
    let outcome: Result<Void, any Error>
    do { outcome = .success(try await body(queue, consumer)) } catch { outcome = .failure(error) }
    await handler.open()
    await consumer.stopTaking()
    await working
    await consumer.shutdown()
    await consuming
    try outcome.get()
  }

  private func ready(_ link: AdminLink, is count: Int) async throws {
    let deadline = ContinuousClock.now + .seconds(20)
    while try await link.checkQueue(Self.name).ready != count, .now < deadline {
      try await Task.sleep(for: .milliseconds(10))
    }
    #expect(try await link.checkQueue(Self.name).ready == count)
  }

  private func fill(_ publisher: Publisher, _ link: AdminLink) async throws {
    for result in await publisher.publish(
      (0..<300).map { OutboundMessage(Self.message($0)) },
      deadline: .seconds(10)
    ) { try result.get() }
    try await ready(link, is: 300)
  }

  @Test
  func `what an orderly stop gives back is handled at the usual pace, and counts for nothing`()
    async throws
  {
    _ = try await WorkBroker.definitions().apply()
    let link = try await WorkBroker.link()
    _ = try await link.purge(Self.name)
    let first = Gate(isOpen: false)
    let second = Gate(isOpen: true)
    let book = Book()
    try await withPublisher(try await WorkBroker.endpoint()) { publisher in
      try await fill(publisher, link)
      try await withWorker(first, suspects: book, publisher) { queue, _ in
        try await ready(link, is: 0)
        await queue.stopTaking()
      }
      let done = await first.handled.count
      #expect((1...64).contains(done), "what was in hand is finished")
      try await ready(link, is: 300 - done)
      // The broker itself holds nothing against them.
      let one = try #require(try await link.get(Self.name))
      #expect(!one.redelivered)
      #expect(one.brokerDeliveryCount ?? 0 == 0)
      try await withWorker(second, suspects: book, publisher) { _, _ in
        let deadline = ContinuousClock.now + .seconds(20)
        while await second.handled.count < 299 - done, .now < deadline {
          try await Task.sleep(for: .milliseconds(5))
        }
      }
      #expect(await second.handled.count == 299 - done)
      #expect(await second.sizes.count < 60, "in batches")
      #expect(await first.handled.isDisjoint(with: second.handled))
    }
    #expect(book.begun.withLock { $0 } == 0, "nobody is suspected")
  }

  @Test func `what a crash leaves is still guarded`() async throws {
    _ = try await WorkBroker.definitions().apply()
    let link = try await WorkBroker.link()
    _ = try await link.purge(Self.name)
    let first = Gate(isOpen: false)
    let second = Gate(isOpen: true)
    let book = Book()
    try await withPublisher(try await WorkBroker.endpoint()) { publisher in
      try await fill(publisher, link)
      try await withWorker(first, suspects: book, publisher) { _, consumer in
        try await ready(link, is: 0)
        // The connection goes, as when the process dies.
        await consumer.shutdown()
      }
      try await ready(link, is: 300)
      try await withWorker(second, suspects: book, publisher) { _, _ in
        let deadline = ContinuousClock.now + .seconds(40)
        while await second.handled.count < 300, .now < deadline {
          try await Task.sleep(for: .milliseconds(5))
        }
      }
      #expect(await second.handled.count == 300)
      #expect(await second.sizes.count < 60, "in batches, for nearly all are innocent")
    }
    #expect(book.begun.withLock { $0 } >= 300, "each start is written down")
  }
}
