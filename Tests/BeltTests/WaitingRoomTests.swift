import Logging
import Synchronization
import Testing

@testable import Belt

/// Messages that meet an earlier event of their lead.
struct WaitingRoomTests {
  /// Time that passes only while somebody pauses.
  private final class Clock: Sendable {
    private let time = Mutex(ContinuousClock.now)
    let begin: ContinuousClock.Instant

    init() { begin = time.withLock { $0 } }

    var elapsed: Duration { time.withLock { $0 } - begin }

    var pause: Pause {
      Pause(now: { self.time.withLock { $0 } }) { wait in
        self.time.withLock { $0 += wait }
        await Task.yield()
      }
    }
  }

  /// Answers that a message's turn has not come, so often.
  private final class Turns: Handler {
    private let left: Mutex<[UInt64: Int]>
    let handled = Mutex<[UInt64]>([])

    init(_ waits: [UInt64: Int]) { left = Mutex(waits) }

    func handle(_ batch: [Message]) async throws -> [Outcome] {
      handled.withLock { $0 += batch.map(\.id.low) }
      return left.withLock { left in
        batch.map { message in
          guard let waits = left[message.id.low], waits > 0 else { return .done(follows: []) }
          left[message.id.low] = waits - 1
          return .snooze(.seconds(5), .earlierEventFirst)
        }
      }
    }
  }

  private func message(_ number: UInt64, of integration: String = "acme") -> Message {
    Message(
      id: Identifier(high: 1, low: number),
      type: "t",
      stage: "s",
      integration: integration,
      journey: Identifier(high: 2, low: number),
      body: []
    )
  }

  private func work(
    _ queue: InMemoryQueue,
    _ handler: some Handler,
    pause: Pause,
    waitingMax: Int = 8,
    lanes: Int = 1
  ) async -> InMemoryQueue.Told {
    await Worker(
      queue: queue,
      handler: handler,
      options: Worker.Options(lanes: lanes, waitingMax: waitingMax),
      pause: pause,
      progress: WorkerProgress(stage: "s", now: { 0 }),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ).run()
    return queue.told.withLock { $0 }
  }

  @Test func `a turn that comes within two seconds costs no way over the broker`() async {
    let clock = Clock()
    let queue = InMemoryQueue([[message(1), message(2)]], endsWhenSettled: true)
    let told = await work(queue, Turns([2: 5]), pause: clock.pause)
    #expect(told.acknowledged == [1, 2])
    #expect(told.published == [])
    #expect(clock.elapsed < WaitingRoom.patience)
  }

  @Test func `the next batch passes one that waits, and has it tried again`() async {
    let queue = InMemoryQueue([[message(1)], [message(2)], [message(3)]])
    let handler = Turns([1: 2])
    // The timer says nothing: only batches have it tried.
    let told = await work(queue, handler, pause: Pause { _ in throw CancellationError() })
    #expect(told.acknowledged == [2, 1, 3])
    #expect(handler.handled.withLock { $0 } == [1, 1, 2, 1, 3])
  }

  @Test func `a batch of another integration does not have it tried`() async {
    let queue = InMemoryQueue([[message(1)], [message(2, of: "other")]])
    let handler = Turns([1: 9])
    let told = await work(queue, handler, pause: Pause { _ in throw CancellationError() })
    #expect(handler.handled.withLock { $0 } == [1, 1, 2])
    #expect(told.givenBack == [1])
  }

  @Test func `after two seconds the broker has it, and it is put off once`() async throws {
    let clock = Clock()
    let queue = InMemoryQueue([[message(1)]], endsWhenSettled: true)
    let told = await work(queue, Turns([1: .max]), pause: clock.pause)
    #expect(told.acknowledged == [1])
    let copy = try #require(told.published.first)
    #expect(told.published.count == 1)
    #expect(copy.destination == .delay(.seconds5))
    #expect(copy.message.deferrals == 1)
    #expect(clock.elapsed >= WaitingRoom.patience)
    #expect(clock.elapsed < WaitingRoom.patience + .milliseconds(500))
  }

  @Test func `what comes back from such a wait goes there again at once`() async {
    var late = message(1)
    late.cause = Reason.earlierEventFirst.code
    let clock = Clock()
    let told = await work(InMemoryQueue([[late]]), Turns([1: .max]), pause: clock.pause)
    #expect(told.published.map(\.destination) == [.delay(.seconds5)])
    #expect(clock.elapsed == .zero)
  }

  @Test func `what was delivered before waits at the broker`() async {
    let clock = Clock()
    let queue = InMemoryQueue([[message(1)]], redelivered: true)
    let told = await work(queue, Turns([1: .max]), pause: clock.pause)
    #expect(told.published.map(\.destination) == [.delay(.seconds5)])
    #expect(clock.elapsed == .zero)
  }

  @Test(arguments: [0, 1, 2])
  func `no more wait here than there is room for`(_ room: Int) async {
    let queue = InMemoryQueue([[message(1), message(2), message(3)]])
    let told = await work(
      queue,
      Turns([1: .max, 2: .max, 3: .max]),
      pause: Pause { _ in throw CancellationError() },
      waitingMax: room
    )
    #expect(told.published.count == 3 - room)
    #expect(told.givenBack == Array([1, 2, 3].prefix(room)))
    #expect((told.acknowledged + told.givenBack).sorted() == [1, 2, 3])
  }

  @Test func `who is being tried keeps the place, and who does not come back frees it`() async {
    let clock = Clock()
    let room = WaitingRoom(
      capacity: 2,
      now: clock.pause.now,
      progress: WorkerProgress(stage: "s", now: { 0 })
    )
    func arrival(_ number: UInt64) -> InHand {
      let message = message(number)
      return InHand(Delivery(content: .success(message), token: number), message)
    }
    #expect(await room.add([arrival(1), arrival(2)]) == [])
    let guests = await room.take(max: 2)
    #expect(await room.add([arrival(3)]) == [0])
    // In whatever order they come back.
    #expect(await room.add([arrival(4), guests[1]]) == [0])
    #expect(await room.add([arrival(5)]) == [0])
    await room.leave(1)
    #expect(await room.add([arrival(6), arrival(7)]) == [1])
    #expect(await room.close().map(\.message.id.low) == [2, 6])
  }

  @Test func `a stop gives back what waits, unchanged`() async {
    let queue = InMemoryQueue([[message(1), message(2)]])
    let told = await work(
      queue,
      Turns([2: .max]),
      pause: Pause { _ in throw CancellationError() }
    )
    #expect(told.acknowledged == [1])
    #expect(told.givenBack == [2])
    #expect(told.published == [])
  }

  @Test(arguments: 1...40)
  func `however long each waits, every delivery ends once`(_ seed: UInt64) async {
    var generator = Seeded(seed)
    var waits: [UInt64: Int] = [:]
    var number: UInt64 = 0
    let batches = (0..<Int.random(in: 1...6, using: &generator)).map { _ in
      (0..<Int.random(in: 1...9, using: &generator)).map { _ in
        number += 1
        if Bool.random(using: &generator) {
          waits[number] = Int.random(in: 1...30, using: &generator)
        }
        return message(number, of: Bool.random(using: &generator) ? "acme" : "other")
      }
    }
    let queue = InMemoryQueue(batches, endsWhenSettled: Bool.random(using: &generator))
    let told = await work(
      queue,
      Turns(waits),
      pause: Clock().pause,
      waitingMax: Int.random(in: 0...5, using: &generator),
      lanes: Int.random(in: 1...3, using: &generator)
    )
    #expect((told.acknowledged + told.givenBack).sorted() == Array(1...Int(number)))
    #expect(told.published.allSatisfy { $0.destination == .delay(.seconds5) })
    #expect(Set(told.published.map(\.message.id)).count == told.published.count)
  }

  /// SplitMix64.
  private struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var word = state
      word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
      word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
      return word ^ (word >> 31)
    }
  }
}
