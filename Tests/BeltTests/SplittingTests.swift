import Logging
import Synchronization
import Testing

@testable import Belt

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
    await work(InMemoryQueue([messages]), handler)
  }

  private func work(_ queue: InMemoryQueue, _ handler: Scripted) async -> InMemoryQueue.Told {
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

  @Test func `two integrations in trouble put off nobody else`() async {
    let handler = Scripted { batch in
      if batch.contains(where: { $0.integration != "beta" }) { throw Broken(disposition: .busy) }
      return batch.map { _ in .done(follows: []) }
    }
    let told = await work(
      (1...16).map { Self.message($0, of: $0 > 8 ? "beta" : $0 > 4 ? "acme" : "gama") },
      handler
    )
    #expect(handler.sizes == [16] + Array(repeating: 1, count: 12))
    #expect(Set(told.published.map(\.message.integration)) == ["acme", "gama"])
  }

  @Test func `whoever fails among many that pass stops nobody, and a standstill stops all`() async {
    func failures(_ fails: @escaping @Sendable (UInt64) -> Bool) async -> Int {
      let handler = Scripted { batch in
        if batch.contains(where: { fails($0.id.low) }) { throw Broken(disposition: .busy) }
        return batch.map { _ in .done(follows: []) }
      }
      // Each message is of an integration of its own.
      _ = await work((1...32).map { Self.message($0, of: "i\($0)") }, handler)
      return handler.sizes.dropFirst().count
    }
    #expect(await failures { $0 % 2 == 1 } == 32)
    #expect(await failures { _ in true } == 5)
  }

  @Test func `a second cause of the same kind does not begin the patience anew`() async {
    struct Named: Failure {
      let disposition: Disposition
      let reason: Reason
    }
    let handler = Scripted { batch in
      let code = batch.count > 4 ? "overdue" : "canceled"
      throw Named(disposition: .split, reason: Reason(code, "It is too much."))
    }
    let told = await work(64, handler)
    #expect(handler.sizes == [64, 16, 4, 1, 1])
    #expect(told.acknowledged.count == 64)
  }

  @Test func `what was delivered before and is too much is put off after two tries as well`() async
  {
    let handler = Scripted { _ in throw Broken(disposition: .split) }
    let queue = InMemoryQueue([(1...64).map { Self.message($0) }], redelivered: true)
    let told = await work(queue, handler)
    #expect(handler.sizes == [64, 1, 1])
    #expect(told.acknowledged.count == 64)
  }

  @Test func `what is put off again and again comes back ever more seldom`() async {
    let handler = Scripted { _ in throw Broken(disposition: .split) }
    let told = await work((1...8).map { Self.message($0, deferrals: 60) }, handler)
    let tiers = told.published.filter { $0.message.attempt == 1 }.map(\.destination)
    #expect(tiers.count == 6)
    #expect(tiers.allSatisfy { $0 == .delay(.minutes5) })
  }

  @Test(arguments: [Disposition.split, .retry, .busy])
  func `of a batch that fails in part only the part is taken apart`(_ disposition: Disposition)
    async
  {
    let handler = Scripted { batch in
      guard batch.count > 1 else { return [.done(follows: [])] }
      let ended = batch.filter { $0.id.low <= 60 }
      throw PartFailure(
        outcomes: Dictionary(uniqueKeysWithValues: ended.map { ($0.id, .done(follows: [])) }),
        failure: Broken(disposition: disposition)
      )
    }
    let told = await work(64, handler)
    #expect(handler.sizes == [64, 1, 1, 1, 1])
    #expect(told.acknowledged == Array(1...64))
    #expect(told.published.isEmpty)
  }

  @Test func `while the footing is gone only what has no outcome is tried again`() async {
    let handler = Scripted { batch in
      guard batch.count == 4 else { return batch.map { _ in .done(follows: []) } }
      throw PartFailure(
        outcomes: [batch[0].id: .done(follows: []), batch[2].id: .reject(Reason("no", "No."))],
        failure: Broken(disposition: .stop)
      )
    }
    let told = await work(4, handler)
    #expect(handler.calls.withLock { $0 } == [[1, 2, 3, 4], [2, 4]])
    #expect(told.acknowledged.sorted() == [1, 2, 3, 4])
    #expect(told.published.map(\.message.id.low) == [3])
  }

  @Test func `a stop settles what has an outcome and gives back the rest`() async {
    let handler = Scripted { batch in
      throw PartFailure(
        outcomes: [batch[0].id: .done(follows: [])],
        failure: Broken(disposition: .stop)
      )
    }
    let queue = InMemoryQueue([(1...3).map { Self.message($0) }])
    await Worker(
      queue: queue,
      handler: handler,
      pause: Pause { _ in throw CancellationError() },
      progress: WorkerProgress(stage: "s", now: { 0 }),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ).run()
    let told = queue.told.withLock { $0 }
    #expect(told.acknowledged == [1])
    #expect(told.givenBack == [2, 3])
  }
}
