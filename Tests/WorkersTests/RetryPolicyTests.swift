import Testing
import Workers

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

  @Test(arguments: 1...4, 0..<50 as Range<UInt64>)
  func `a failed attempt waits in its tier or the next, and counts`(attempt: Int, seed: UInt64) {
    guard case .delay(let copy, let tier) = settle(.retry(why), attempt: attempt, seed: seed) else {
      Issue.record("it was not delayed")
      return
    }
    let tiers = DelayTier.allCases
    #expect(tier == tiers[attempt - 1] || tier == tiers[min(attempt, tiers.count - 1)])
    #expect(copy.attempt == attempt + 1)
    #expect(copy.cause == "why")
  }

  @Test func `the last attempt is parked`() {
    #expect(settle(.retry(why), attempt: 5) == .park(message(attempt: 5), why))
  }

  @Test(
    arguments: [
      (Duration.milliseconds(1), DelayTier.seconds5), (.seconds(5), .seconds5),
      (.seconds(6), .seconds30), (.seconds(31), .minutes5), (.seconds(86_400), .minutes30),
    ]
  )
  func
    `a wait for a quota counts no attempt and is never shorter than asked, up to the longest tier`(
      wait: Duration,
      tier: DelayTier
    )
  {
    guard case .delay(let copy, let chosen) = settle(.snooze(wait, why), attempt: 3) else {
      Issue.record("it was not delayed")
      return
    }
    #expect(chosen == tier)
    #expect(copy.attempt == 3)
    #expect(copy.deferrals == 1)
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
