import Logging
import Synchronization
import Testing
import Workers

struct WorkerTests {
  /// A handler that does what a closure says, and counts.
  final class Scripted: Handler {
    let sizes = Mutex<[Int]>([])
    let script: @Sendable ([Message], Int) throws -> [Outcome]

    init(_ script: @escaping @Sendable ([Message], Int) throws -> [Outcome]) {
      self.script = script
    }

    func handle(_ batch: [Message]) async throws -> [Outcome] {
      let call = sizes.withLock { sizes in
        sizes.append(batch.count)
        return sizes.count
      }
      return try script(batch, call)
    }
  }

  struct Broken: Failure {
    let disposition: Disposition
    var reason: Reason { Reason("broken", "It broke.") }
  }

  private func message(_ number: UInt64) -> Message {
    Message(
      id: Identifier(high: 1, low: number),
      type: "t",
      stage: "s",
      integration: "acme",
      journey: Identifier(high: 2, low: number),
      body: []
    )
  }

  private func work(_ queue: InMemoryQueue, _ handler: Scripted, pause: Pause = Pause { _ in })
    async -> InMemoryQueue.Told
  {
    await Worker(
      queue: queue,
      handler: handler,
      pause: pause,
      progress: WorkerProgress(stage: "s", now: { 0 }),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ).run()
    return queue.told.withLock { $0 }
  }

  @Test func `what follows is published before the delivery is acknowledged`() async {
    let next = message(9)
    let handler = Scripted { batch, _ in batch.map { _ in .done(follows: [next]) } }
    let told = await work(InMemoryQueue([[message(1), message(2)]]), handler)
    #expect(told.published == [Outgoing(next), Outgoing(next)])
    #expect(told.acknowledged == [1, 2])
  }

  @Test func `a delivery is not acknowledged until the broker has what follows`() async {
    let handler = Scripted { [next = message(9)] batch, _ in
      batch.map { _ in .done(follows: [next]) }
    }
    let told = await work(InMemoryQueue([[message(1)]], failingToPublish: 3), handler)
    #expect(told.published.count == 1)
    #expect(told.acknowledged == [1])
    #expect(handler.sizes.withLock { $0 } == [1])
  }

  @Test func `copies of one message in a batch are handled once and end the same`() async {
    let handler = Scripted { batch, _ in batch.map { .reject(Reason("n\($0.id.low)", "No.")) } }
    let told = await work(InMemoryQueue([[message(1), message(2), message(1)]]), handler)
    #expect(handler.sizes.withLock { $0 } == [2])
    let codes = told.published.map { outgoing -> String in
      guard case .parking(let reason) = outgoing.destination else { return "" }
      return reason.code
    }
    #expect(codes == ["n1", "n2", "n1"])
    #expect(told.acknowledged.count == 3)
  }

  @Test func `a batch that fails as a whole is split, and the healthy ones pass`() async {
    let bad = message(2)
    let handler = Scripted { batch, _ in
      if batch.contains(bad) { throw Broken(disposition: .reject) }
      return batch.map { _ in .done(follows: []) }
    }
    let told = await work(InMemoryQueue([[message(1), bad, message(3)]]), handler)
    #expect(handler.sizes.withLock { $0 } == [3, 1, 1, 1])
    #expect(told.acknowledged == [1, 2, 3])
    #expect(told.published == [Outgoing(bad, to: .parking(Reason("broken", "It broke.")))])
  }

  @Test func `while the footing is gone the messages are kept, and handled once it is back`() async
  {
    let handler = Scripted { batch, call in
      if call < 4 { throw Broken(disposition: .stop) }
      return batch.map { _ in .done(follows: []) }
    }
    let told = await work(InMemoryQueue([[message(1), message(2)]]), handler)
    #expect(handler.sizes.withLock { $0 } == [2, 2, 2, 2])
    #expect(told.acknowledged == [1, 2])
    #expect(told.givenBack.isEmpty)
  }

  @Test func `a stop during the wait for footing gives the messages back`() async {
    let handler = Scripted { _, _ in throw Broken(disposition: .stop) }
    let told = await work(
      InMemoryQueue([[message(1)]]),
      handler,
      pause: Pause { _ in throw CancellationError() }
    )
    #expect(told.givenBack == [1])
    #expect(told.acknowledged.isEmpty)
  }

  @Test func `an unknown error is retried, and its text goes nowhere`() async throws {
    struct Secret: Error {}
    let handler = Scripted { _, _ in throw Secret() }
    let told = await work(InMemoryQueue([[message(1)]]), handler)
    let out = try #require(told.published.first)
    #expect(out.message.attempt == 2)
    #expect(out.message.cause == "unexpected_error")
    #expect(told.acknowledged == [1])
  }
}
