import Logging
import Synchronization
import Testing
import Belt

/// What the broker takes only in part: neighbours get no copies, and deliveries behind it go on.
@Suite(.timeLimit(.minutes(1)))
struct SetAsideTests {
  /// Each message is followed by one to `a` and one to `b`; one with a body is refused for good.
  private struct Forking: Handler {
    func handle(_ batch: [Message]) async throws -> [Outcome] {
      batch.map { message in
        message.body.isEmpty
          ? .done(
            follows: ["a", "b"].map { message.following(to: $0, type: "t", body: []) }
          ) : .reject(Reason("bad", "It is bad."))
      }
    }
  }

  private static func message(_ number: UInt64, body: [UInt8] = []) -> Message {
    Message(
      id: Identifier(high: 1, low: number),
      type: "t",
      stage: "s",
      integration: "acme",
      journey: Identifier(high: 2, low: number),
      body: body
    )
  }

  private func work(
    _ queue: InMemoryQueue,
    progress: WorkerProgress = WorkerProgress(stage: "s", now: { 0 }),
    pause: Pause = Pause { _ in }
  ) async -> InMemoryQueue.Told {
    await Worker(
      queue: queue,
      handler: Forking(),
      pause: pause,
      progress: progress,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ).run()
    return queue.told.withLock { $0 }
  }

  private func targets(_ messages: [Outgoing]) -> [String] { messages.map(\.message.stage) }

  @Test func `only what a full queue refused is published again, its neighbour gets no copy`() async
  {
    let queue = InMemoryQueue(
      [[Self.message(1), Self.message(2)]],
      refusing: ["b": 5],
      endsWhenSettled: true
    )
    let told = await work(queue)
    #expect(targets(told.asked[0]) == ["a", "b", "a", "b"])
    #expect(told.asked.dropFirst().allSatisfy { targets($0).allSatisfy { $0 == "b" } })
    #expect(targets(told.published).sorted() == ["a", "a", "b", "b"])
    #expect(Set(told.published).count == 4)
    #expect(told.acknowledged.sorted() == [1, 2])
  }

  @Test func `a delivery whose own follow-ups are stored does not wait for its neighbour's`() async
  {
    // The first message's `b` is refused for ever, the second's is not.
    let queue = InMemoryQueue([[Self.message(1), Self.message(2)]], refusing: ["b": 1])
    let told = await work(queue, pause: Pause { _ in throw CancellationError() })
    #expect(told.acknowledged == [2])
    #expect(told.givenBack == [1])
  }

  @Test func `what cannot be parked waits, and those behind it go on`() async {
    let queue = InMemoryQueue(
      [[Self.message(1, body: [1])], [Self.message(2)], [Self.message(3)]],
      refusing: ["parking": 1000]
    )
    let progress = WorkerProgress(stage: "s", now: { 0 })
    // The pause lasts until the process stops.
    let told = await work(
      queue,
      progress: progress,
      pause: Pause { _ in
        let (stream, open) = AsyncStream.makeStream(of: Void.self)
        for await _ in stream {}
        withExtendedLifetime(open) {}
        throw CancellationError()
      }
    )
    #expect(told.acknowledged == [2, 3])
    #expect(told.givenBack == [1], "a stop gives back what is set aside")
    #expect(progress.refused == ["The queue parking is full."])
    #expect(progress.hasFooting)
  }

  @Test func `what waited is parked once its queue takes it, and nothing is said any more`() async {
    let queue = InMemoryQueue(
      [[Self.message(1, body: [1])], [Self.message(2)]],
      refusing: ["parking": 3],
      endsWhenSettled: true
    )
    let progress = WorkerProgress(stage: "s", now: { 0 })
    let told = await work(queue, progress: progress)
    #expect(told.acknowledged.sorted() == [1, 2], "in whatever order")
    #expect(told.published.filter { $0.destination != .stage }.count == 1)
  }

  @Test func `while the broker takes nothing the lane waits, and repeats only what is not stored`()
    async
  {
    let queue = InMemoryQueue([[Self.message(1)], [Self.message(2)]], failingToPublish: 3)
    let told = await work(queue)
    #expect(told.asked.map(\.count) == [2, 2, 2, 2, 2])
    #expect(told.published.count == 4)
    #expect(told.acknowledged == [1, 2])
  }

  @Test func `a message that comes again while it waits is owed once and acknowledged twice`() async
  {
    let queue = InMemoryQueue(
      [[Self.message(1, body: [1])], [Self.message(1, body: [1])]],
      refusing: ["parking": 2],
      endsWhenSettled: true
    )
    // The first try of what is set aside comes after both are there.
    let arrivals = Mutex(0)
    let told = await work(
      queue,
      pause: Pause { _ in
        while queue.told.withLock({ $0.asked.count }) < 2 {
          arrivals.withLock { $0 += 1 }
          await Task.yield()
        }
      }
    )
    #expect(told.acknowledged.sorted() == [1, 2])
    #expect(told.published.count <= 2)
  }

  @Test func `what one destination does to the connection keeps nothing from the others`() async {
    let queue = InMemoryQueue(
      [[Self.message(1), Self.message(2)]],
      endsWhenSettled: true,
      closedBy: ["b": 4]
    )
    let told = await work(queue)
    #expect(told.asked.dropFirst().allSatisfy { Set(targets($0)).count == 1 })
    #expect(targets(told.published) == ["a", "a", "b", "b"])
    #expect(told.acknowledged.sorted() == [1, 2])
  }
}
