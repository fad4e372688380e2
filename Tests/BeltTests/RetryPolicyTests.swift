import Testing
import Belt

struct RetryPolicyTests {
  private let policy = RetryPolicy(attemptsMax: 5)
  private let why = Reason("why", "Because.")

  private func message(attempt: Int) -> Message {
    Message(
      id: Identifier(high: 1, low: 1),
      type: "t",
      stage: "s",
      integration: "acme",
      journey: Identifier(high: 2, low: 2),
      body: [],
      attempt: attempt
    )
  }

  private func settle(_ outcome: Outcome, attempt: Int = 1, seed: UInt64 = 1) -> Settlement {
    var generator = Numbers(state: seed)
    return policy.settle(outcome, of: message(attempt: attempt), using: &generator)
  }

  @Test func `done is acknowledged after what follows is published`() {
    #expect(
      settle(.done(follows: [message(attempt: 1)]))
        == .acknowledge(publishing: [message(attempt: 1)])
    )
  }

  @Test func `a rejected message is parked on its first attempt`() {
    #expect(settle(.reject(why)) == .park(message(attempt: 1), why))
  }

  /// What a message waits in all, with the tiers that it passes.
  private func walk(_ first: Settlement) -> (seconds: Int, last: Message, legs: Int)? {
    var settlement: Settlement? = first
    var walked: (seconds: Int, last: Message, legs: Int)?
    while case .delay(let copy, let tier)? = settlement {
      let seconds = (walked?.seconds ?? 0) + Int(tier.duration.components.seconds)
      walked = (seconds, copy, (walked?.legs ?? 0) + 1)
      settlement = policy.onward(copy)
    }
    return walked
  }

  @Test(arguments: [(1, 15, 3), (2, 60, 12), (3, 600, 20), (4, 1800, 60)])
  func `a failed attempt counts, and its waits spread evenly up to the cap of its class`(
    attempt: Int,
    cap: Int,
    steps: Int
  ) throws {
    let draws = 300 * steps
    var found: [Int: Int] = [:]
    for seed in 1...draws {
      let first = settle(.retry(why), attempt: attempt, seed: UInt64(seed) &* 0x9E37_79B9_7F4A_7C15)
      let walked = try #require(walk(first))
      #expect(walked.last.attempt == attempt + 1)
      #expect(walked.last.cause == "why")
      #expect(walked.last.wait == 0, "a message that is due carries no wait")
      #expect(walked.seconds > 0 && walked.seconds <= cap)
      #expect(walked.legs <= 14)
      found[walked.seconds, default: 0] += 1
    }
    #expect(found.count == steps)
    for (seconds, count) in found {
      #expect((180...420).contains(count), "\(seconds) s came \(count) times, 300 is even")
    }
  }

  @Test func `over the budget a failure waits one class longer and counts no attempt`() throws {
    for seed in 0..<200 as Range<UInt64> {
      var generator = Numbers(state: seed)
      let walked = try #require(
        walk(policy.postpone(message(attempt: 1), why, using: &generator))
      )
      #expect(walked.last.attempt == 1)
      #expect(walked.last.deferrals == 1)
      #expect(walked.seconds > 0 && walked.seconds <= 60)
    }
  }

  @Test func `the last attempt is parked`() {
    #expect(settle(.retry(why), attempt: 5) == .park(message(attempt: 5), why))
  }

  @Test(
    arguments: [0, 1, 5000, 6000, 24_000, 25_000, 31_000, 599_999, 7_200_000, 86_400_000],
    0..<20 as Range<UInt64>
  )
  func `a wait for a quota counts no attempt, and is as long as asked and a fifth longer at most`(
    milliseconds: Int,
    seed: UInt64
  ) throws {
    let first = settle(.snooze(.milliseconds(milliseconds), why), attempt: 3, seed: seed)
    let walked = try #require(walk(first))
    #expect(walked.last.attempt == 3)
    #expect(walked.last.deferrals == 1)
    #expect(walked.seconds * 1000 >= milliseconds)
    // What is asked is rounded up to the shortest tier, and nothing is added to that.
    let least = max(5, (milliseconds + 4999) / 5000 * 5)
    #expect(walked.seconds <= max(least, milliseconds * 6 / 5000))
  }

  @Test func `a long wait is spread over all of its fifth`() throws {
    let found = try (0..<400 as Range<UInt64>).map { seed in
      let first = settle(.snooze(.seconds(100), why), seed: seed &* 0x9E37_79B9_7F4A_7C15)
      return try #require(walk(first)).seconds
    }
    #expect(Set(found) == [100, 105, 110, 115, 120])
  }

  @Test func `a pause before another attempt is at least half of its ceiling`() async {
    for attempt in 1...12 {
      let ceiling = Duration.milliseconds(min(5000, 200 << (attempt - 1)))
      for _ in 0..<50 {
        let pause = Pause { #expect($0 >= ceiling / 2 && $0 <= ceiling) }
        #expect(await pause.pause(beforeAttempt: attempt))
      }
    }
  }
}

/// Numbers that follow from a seed.
struct Numbers: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ (state >> 29)
  }
}
