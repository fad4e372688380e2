import DedicatedThreads
import Synchronization
import Testing

@Suite struct DedicatedThreadTests {
  private actor Counter {
    let thread = DedicatedThread(name: "test")
    private(set) var count = 0

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    deinit { thread.stop() }

    @discardableResult
    func increment() -> Int {
      count += 1
      return count
    }
  }

  @Test func `calls from many tasks are counted once each`() async {
    let counter = Counter()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<50 {
        group.addTask { for _ in 0..<200 { await counter.increment() } }
      }
    }
    #expect(await counter.count == 10_000)
  }

  @Test func `a call after the stop is answered all the same`() async {
    let counter = Counter()
    await counter.increment()
    counter.thread.stop()
    for expected in 2...200 { #expect(await counter.increment() == expected) }
  }

  @Test func `the pump runs when woken and when its time has passed`() async {
    let thread = DedicatedThread(name: "test")
    let turns = Mutex(0)
    let (events, continuation) = AsyncStream<Int>.makeStream()
    thread.watch(-1) {
      let turn = turns.withLock { turns in
        turns += 1
        return turns
      }
      continuation.yield(turn)
      return turn < 3 ? 1 : nil
    }
    var iterator = events.makeAsyncIterator()
    // The first by watching, two more by time.
    for expected in 1...3 { #expect(await iterator.next() == expected) }
    thread.wake()
    #expect(await iterator.next() == 4)
    thread.unwatch()
    thread.stop()
  }
}
