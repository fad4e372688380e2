import RabbitMQ
import Synchronization
import Testing

@testable import Ingress

@Suite(.timeLimit(.minutes(1)))
struct PublishDeadlineTests {
  private static func message(_ number: Int) -> OutboundMessage {
    OutboundMessage(exchange: "x", routingKey: "k", messageID: "\(number)", type: "t", body: [])
  }

  /// A broker whose confirms take so long.
  private final class Slow: Sendable {
    let latency: Duration
    let sizes = Mutex<[Int]>([])
    init(_ latency: Duration) { self.latency = latency }

    func publish(_ batch: [OutboundMessage], _ deadline: Duration) async
      -> [Result<Void, PublishError>]
    {
      sizes.withLock { $0.append(batch.count) }
      let isInTime = deadline >= latency
      // The broker of this test takes its time; that is what is tested.
      try? await ContinuousClock().sleep(for: isInTime ? latency : deadline)
      return batch.map { _ in isInTime ? .success(()) : .failure(.outcomeUnknown("late")) }
    }
  }

  @Test func `while each confirm takes 0.9 s, fifty requests a second go through the broker`()
    async throws
  {
    let broker = Slow(.milliseconds(900))
    let publishes = SharedPublishes { await broker.publish($0, $1) }
    let start = ContinuousClock.now
    let results = await withTaskGroup(of: Result<Void, PublishError>.self) { group in
      for number in 0..<100 {
        group.addTask {
          let arrival = start + .milliseconds(20 * number)
          try? await ContinuousClock().sleep(until: arrival)
          return await publishes.publish(
            Self.message(number),
            deadline: arrival + .milliseconds(1500)
          )
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    let stored = results.count { if case .success = $0 { true } else { false } }
    #expect(stored >= 90)
  }

  @Test func `an older request is answered in time, and takes none of a younger one's`() async {
    let (gate, opening) = AsyncStream.makeStream(of: Void.self)
    let calls = Mutex<[(Int, Duration)]>([])
    let publishes = SharedPublishes { batch, deadline in
      let isFirst = calls.withLock { calls in
        calls.append((batch.count, deadline))
        return calls.count == 1
      }
      if isFirst {
        for await _ in gate { break }
      } else {
        try? await ContinuousClock().sleep(for: .milliseconds(300))
      }
      return batch.map { _ in .success(()) }
    }
    let now = ContinuousClock.now
    async let first = publishes.publish(Self.message(0), deadline: now + .seconds(5))
    while calls.withLock({ $0.isEmpty }) { await Task.yield() }
    // Both wait for the first batch and go into the next.
    async let older = publishes.publish(Self.message(1), deadline: now + .milliseconds(250))
    async let younger = publishes.publish(Self.message(2), deadline: now + .seconds(5))
    while await publishes.waitingCount < 2 { await Task.yield() }
    opening.yield()
    #expect(await first == .success(()))
    guard case .failure = await older else {
      Issue.record("the older one was answered after its time")
      return
    }
    #expect(await younger == .success(()))
    #expect(calls.withLock { $0.map(\.0) } == [1, 2])
  }

  @Test func `while confirms are fast, one batch is on its way at a time`() async {
    let most = Mutex((now: 0, most: 0))
    let publishes = SharedPublishes { batch, _ in
      most.withLock { state in
        state.now += 1
        state.most = max(state.most, state.now)
      }
      await Task.yield()
      most.withLock { $0.now -= 1 }
      return batch.map { _ in .success(()) }
    }
    await withTaskGroup { group in
      for number in 0..<500 {
        group.addTask {
          _ = await publishes.publish(Self.message(number), deadline: .now + .seconds(10))
        }
      }
    }
    #expect(most.withLock { $0.most } == 1)
  }
}

extension Result<Void, PublishError> {
  fileprivate static func == (left: Self, right: Self) -> Bool {
    switch (left, right) {
    case (.success, .success): true
    case (.failure(let left), .failure(let right)): left == right
    default: false
    }
  }
}
