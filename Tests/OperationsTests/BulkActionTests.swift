import BeltStorage
import Leads
import Postgres
import Samples
import StrictJSON
import Synchronization
import Testing
import Belt

@testable import Operations

@Suite(.timeLimit(.minutes(1))) struct OperationTests {
  private let reason = Reason("rd_login_expired", "The login has expired.")

  private func record(_ count: Int, in pool: PostgresPool, integration: String = "acme")
    async throws
  {
    try await DeadLetterRecorder(pool: pool).record(
      (0..<count).map { (.sample("letter \($0)", integration: integration), reason) }
    )
  }

  private func planned(
    _ pool: PostgresPool,
    _ kind: BulkAction.Kind = .retry,
    _ filter: DeadLetterFilter = DeadLetterFilter(code: "rd_login_expired"),
    pace: Int = 10_000
  ) async throws -> BulkAction {
    try #require(
      try await BulkActions(pool: pool)
        .plan(kind, filter, reason: "old", pace: pace, actor: "test")
    )
  }

  private func start(_ operation: BulkAction, in store: BulkActions) async throws -> BulkAction {
    try #require(
      try await store.move(operation.id, to: .running, from: [.planned, .paused], actor: "test")
    )
  }

  @Test func `what is planned is frozen, and a later dead letter is no part of it`() async throws {
    let pool = try await migratedPool()
    try await record(5, in: pool)
    let store = BulkActions(pool: pool)
    let operation = try await planned(pool)
    try await DeadLetterRecorder(pool: pool).record([(.sample("later"), reason)])
    #expect(operation.state == .planned)
    #expect(try await store.shares(of: operation.id).map(\.count) == [5])
    let published = Mutex<[Outgoing]>([])
    let runner = BulkActionRunner(actions: store) { messages in
      published.withLock { $0 += messages }
    }
    let done = try await runner.run(try await start(operation, in: store))
    #expect(done.state == .done)
    #expect(done.counts == .init(total: 5, done: 5, skipped: 0))
    #expect(done.endedAt != nil)
    #expect(published.withLock { Set($0.map(\.message.id)).count } == 5)
    #expect(
      try await DeadLetters(pool: pool).open().map(\.message.id) == [
        Message.sample("later").id
      ]
    )
    #expect(
      try await pool.run("select action from audit order by id").map { try $0.string(0) }
        == ["operation.planned", "operation.running", "operation.done"]
    )
    await pool.shutdown()
  }

  @Test func `an operation on nothing is none`() async throws {
    let pool = try await migratedPool()
    let store = BulkActions(pool: pool)
    let filter = DeadLetterFilter(code: "rd_login_expired")
    #expect(try await store.plan(.retry, filter, pace: 1, actor: "test") == nil)
    #expect(try await store.list().items == [])
    #expect(try await pool.run("select count(*) from audit")[0].int(0) == 0)
    await pool.shutdown()
  }

  @Test func `two runners do every item once`() async throws {
    let pool = try await migratedPool()
    try await record(300, in: pool)
    let store = BulkActions(pool: pool)
    let operation = try await start(try await planned(pool), in: store)
    let published = Published()
    let ends = try await withThrowingTaskGroup { group in
      for _ in 0..<2 {
        group.addTask {
          try await BulkActionRunner(actions: store) { messages in
            await Task.yield()
            published.add(messages)
          }.run(operation)
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(ends.map(\.state) == [.done, .done])
    #expect(ends.map(\.counts.done) == [300, 300])
    #expect(published.counts.count == 300)
    #expect(Set(published.counts.values) == [1])
    await pool.shutdown()
  }

  @Test func `what a dead runner had in hand is done by the next, and nothing is lost`()
    async throws
  {
    let pool = try await migratedPool()
    try await record(10, in: pool)
    // A lease of no time at all: whoever had something in hand is dead.
    let store = BulkActions(pool: pool, lease: 0)
    let operation = try await start(try await planned(pool, pace: 16), in: store)
    guard case .items(let first) = try await store.claim(operation.id, for: .init(high: 9, low: 9))
    else {
      Issue.record("there was nothing to take")
      return
    }
    #expect(first.count == 4)
    let published = Mutex<[Identifier]>([])
    let done = try await BulkActionRunner(actions: store) { messages in
      published.withLock { $0 += messages.map(\.message.id) }
    }.run(operation)
    #expect(done.counts == .init(total: 10, done: 10, skipped: 0))
    #expect(published.withLock { $0.count } == 10)
    // The dead one comes back: its items are not its own any more.
    try await pool.run(
      BulkActions.settling(first, done: [], of: operation.id, by: .init(high: 9, low: 9))
    )
    #expect(try await store.action(operation.id)?.counts.done == 10)
    await pool.shutdown()
  }

  @Test func `a runner that cannot publish gives its items back, and another goes on`()
    async throws
  {
    let pool = try await migratedPool()
    try await record(3, in: pool)
    let store = BulkActions(pool: pool)
    let operation = try await start(try await planned(pool), in: store)
    struct Away: Error {}
    await #expect(throws: Away.self) {
      try await BulkActionRunner(actions: store) { _ in throw Away() }.run(operation)
    }
    #expect(try await store.action(operation.id)?.state == .running)
    #expect(try await DeadLetters(pool: pool).open().count == 3)
    let done = try await BulkActionRunner(actions: store) { _ in }.run(operation)
    #expect(done.counts.done == 3)
    await pool.shutdown()
  }

  @Test func `a pause stops it after the items in hand, and it goes on from there`() async throws {
    let pool = try await migratedPool()
    try await record(40, in: pool)
    let store = BulkActions(pool: pool)
    let operation = try await start(try await planned(pool, pace: 64), in: store)
    let published = Mutex<[Identifier]>([])
    let paused = try await BulkActionRunner(actions: store) { messages in
      published.withLock { $0 += messages.map(\.message.id) }
      _ = try await store.move(operation.id, to: .paused, from: [.running], actor: "test")
    }.run(operation)
    #expect(paused.state == .paused)
    #expect(paused.counts == .init(total: 40, done: 16, skipped: 0))
    let done = try await BulkActionRunner(actions: store) { messages in
      published.withLock { $0 += messages.map(\.message.id) }
    }.run(try await start(operation, in: store))
    #expect(done.state == .done)
    #expect(published.withLock { $0.count } == 40)
    #expect(published.withLock { Set($0).count } == 40)
    await pool.shutdown()
  }

  @Test func `a cancelled one does nothing more and cannot go on`() async throws {
    let pool = try await migratedPool()
    try await record(3, in: pool)
    let store = BulkActions(pool: pool)
    let operation = try await planned(pool)
    let cancelled = try await store.move(
      operation.id,
      to: .cancelled,
      from: [.planned],
      actor: "test"
    )
    #expect(cancelled?.state == .cancelled)
    let end = try await BulkActionRunner(actions: store) { _ in Issue.record("published") }
      .run(operation)
    #expect(end.state == .cancelled)
    #expect(
      try await store.move(operation.id, to: .running, from: [.planned, .paused], actor: "test")
        == nil
    )
    #expect(try await DeadLetters(pool: pool).open().count == 3)
    await pool.shutdown()
  }

  @Test func `the same operation twice sends everything once, and the second skips`() async throws {
    let pool = try await migratedPool()
    try await record(20, in: pool)
    let store = BulkActions(pool: pool)
    let published = Mutex(0)
    var ends: [BulkAction.Counts] = []
    for operation in [try await planned(pool), try await planned(pool)] {
      ends.append(
        try await BulkActionRunner(actions: store) { messages in
          published.withLock { $0 += messages.count }
        }.run(try await start(operation, in: store)).counts
      )
    }
    #expect(published.withLock { $0 } == 20)
    #expect(
      ends == [.init(total: 20, done: 20, skipped: 0), .init(total: 20, done: 0, skipped: 20)]
    )
    await pool.shutdown()
  }

  @Test func `a bulk discard keeps the reason and sends nothing`() async throws {
    let pool = try await migratedPool()
    try await record(3, in: pool)
    try await record(2, in: pool, integration: "other")
    let store = BulkActions(pool: pool)
    let operation = try await planned(pool, .discard, DeadLetterFilter(integration: "other"))
    let done = try await BulkActionRunner(actions: store) { _ in Issue.record("published") }
      .run(try await start(operation, in: store))
    #expect(done.counts == .init(total: 2, done: 2, skipped: 0))
    let desk = DeadLetters(pool: pool)
    let discarded = try await desk.list(state: .discarded).items
    #expect(discarded.map(\.discardReason) == ["old", "old"])
    #expect(Set(discarded.map(\.message.integration)) == ["other"])
    #expect(try await desk.open().count == 3)
    await pool.shutdown()
  }

  @Test func `two runners keep one pace`() async throws {
    let pool = try await migratedPool()
    try await record(20, in: pool)
    let store = BulkActions(pool: pool)
    let operation = try await start(try await planned(pool, pace: 40), in: store)
    let began = ContinuousClock().now
    try await withThrowingTaskGroup { group in
      for _ in 0..<2 {
        group.addTask { _ = try await BulkActionRunner(actions: store) { _ in }.run(operation) }
      }
      try await group.waitForAll()
    }
    // Two batches of ten, the second not before a quarter of a second.
    #expect(ContinuousClock().now - began >= .milliseconds(250))
    await pool.shutdown()
  }
}

/// How often each message was published.
private final class Published: Sendable {
  private let state = Mutex<[Identifier: Int]>([:])

  var counts: [Identifier: Int] { state.withLock { $0 } }

  func add(_ messages: [Outgoing]) {
    state.withLock { counts in
      for message in messages { counts[message.message.id, default: 0] += 1 }
    }
  }
}
