import Logging
import Synchronization
import Testing

@testable import Workers

/// What a worker does with a batch that cannot be done whole.
struct SplittingTests {
  struct Broken: Failure {
    let disposition: Disposition
    var reason: Reason { Reason("broken", "It broke.") }
  }

  /// Does what a closure says, and keeps which messages were in each call.
  final class Scripted: Handler {
    let calls = Mutex<[[UInt64]]>([])
    let script: @Sendable ([Message]) throws -> [Outcome]

    init(_ script: @escaping @Sendable ([Message]) throws -> [Outcome]) { self.script = script }

    func handle(_ batch: [Message]) async throws -> [Outcome] {
      calls.withLock { $0.append(batch.map(\.id.low)) }
      return try script(batch)
    }

    var sizes: [Int] { calls.withLock { $0.map(\.count) } }
  }

  private static func message(
    _ number: UInt64,
    of integration: String = "acme",
    deferrals: Int = 0
  ) -> Message {
    Message(
      id: Identifier(high: 1, low: number),
      type: "t",
      stage: "s",
      integration: integration,
      journey: Identifier(high: 2, low: number),
      body: [],
      deferrals: deferrals
    )
  }

  private func work(_ count: UInt64, _ handler: Scripted) async -> InMemoryQueue.Told {
    await work((1...count).map { Self.message($0) }, handler)
  }

  private func work(_ messages: [Message], _ handler: Scripted) async -> InMemoryQueue.Told {
    let queue = InMemoryQueue([messages])
    await Worker(
      queue: queue,
      handler: handler,
      pause: Pause { _ in },
      progress: WorkerProgress(stage: "s", now: { 0 }),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ).run()
    return queue.told.withLock { $0 }
  }

  @Test func `a batch that is too much goes on in quarters, and what fits is not taken apart`()
    async
  {
    let handler = Scripted { batch in
      if batch.count > 4 { throw Broken(disposition: .split) }
      return batch.map { _ in .done(follows: []) }
    }
    let told = await work(64, handler)
    #expect(handler.sizes == [64] + Array(repeating: [16, 4, 4, 4, 4], count: 4).joined())
    #expect(told.acknowledged.sorted() == Array(1...64))
    #expect(told.published.isEmpty)
  }

  @Test func `one message that is too much by itself loses an attempt, and its neighbours pass`()
    async
  {
    let handler = Scripted { batch in
      if batch.contains(where: { $0.id.low == 7 }) { throw Broken(disposition: .split) }
      return batch.map { _ in .done(follows: []) }
    }
    let told = await work(64, handler)
    #expect(told.acknowledged.count == 64)
    #expect(told.published.map(\.message.id.low) == [7])
    #expect(told.published.map(\.message.attempt) == [2])
    #expect(handler.sizes.count < 16)
  }

  @Test
  func `where every message is too much, two are tried alone and the rest is put off untouched`()
    async
  {
    let handler = Scripted { _ in throw Broken(disposition: .split) }
    let told = await work(64, handler)
    #expect(handler.sizes == [64, 16, 4, 1, 1])
    #expect(told.acknowledged.count == 64)
    #expect(told.published.filter { $0.message.attempt == 2 }.count == 2)
    let untouched = told.published.filter { $0.message.attempt == 1 && $0.message.deferrals == 1 }
    #expect(untouched.count == 62)
  }

  @Test func `where much of one integration is too much, only its own rest is put off`() async {
    let handler = Scripted { batch in
      if batch.contains(where: { $0.integration == "acme" }) { throw Broken(disposition: .split) }
      return batch.map { _ in .done(follows: []) }
    }
    let told = await work(
      (1...16).map { Self.message($0, of: $0 > 14 ? "beta" : "acme") },
      handler
    )
    #expect(told.acknowledged.count == 16)
    #expect(
      told.published.map(\.message.attempt).sorted() == Array(repeating: 1, count: 12) + [2, 2]
    )
    #expect(Set(told.published.map(\.message.integration)) == ["acme"])
  }

  @Test func `whoever meets a busy lock waits without losing an attempt, and the others pass`()
    async
  {
    let handler = Scripted { batch in
      if batch.contains(where: { $0.id.low == 3 }) { throw Broken(disposition: .busy) }
      return batch.map { _ in .done(follows: []) }
    }
    let told = await work(8, handler)
    #expect(handler.sizes == [8, 1, 1, 1, 1, 1, 1, 1, 1])
    #expect(told.published.map(\.message.id.low) == [3])
    #expect(told.published.map(\.message.attempt) == [1])
    #expect(told.published.map(\.message.deferrals) == [1])
  }

  @Test func `while a whole table is locked nobody of a batch loses an attempt`() async {
    let handler = Scripted { _ in throw Broken(disposition: .busy) }
    let told = await work(64, handler)
    #expect(handler.sizes == [64, 1, 1])
    #expect(told.published.count == 64)
    #expect(told.published.allSatisfy { $0.message.attempt == 1 && $0.message.deferrals == 1 })
  }

  @Test(arguments: [(0, "snooze"), (59, "snooze"), (60, "retry")])
  func `a lock that stays busy for half an hour is reported in the end`(
    _ deferrals: Int,
    _ outcome: String
  ) {
    let thrown = Outcome(
      thrown: Broken(disposition: .busy),
      of: Self.message(1, deferrals: deferrals)
    )
    #expect(thrown?.name == outcome)
  }

  @Test func `work that ends because the process stops is given back, and loses no attempt`() async
  {
    let task = Task { () -> Outcome? in
      while !Task.isCancelled { await Task.yield() }
      return Outcome(thrown: CancellationError(), of: Self.message(1))
    }
    task.cancel()
    #expect(await task.value == nil)
    #expect(Outcome(thrown: CancellationError(), of: Self.message(1))?.name == "retry")
  }
}
