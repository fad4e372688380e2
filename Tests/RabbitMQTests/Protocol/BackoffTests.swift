import Testing

@testable import RabbitMQ

@Suite struct BackoffTests {
  /// Draws the largest number each time, so that the ceilings show.
  private struct Largest: RandomNumberGenerator {
    mutating func next() -> UInt64 { .max }
  }

  @Test func `the ceiling doubles up to its limit and starts over after a reset`() {
    var backoff = Backoff()
    var largest = Largest()
    var ceilings: [Double] = []
    for _ in 0..<10 {
      let pause = backoff.next(using: &largest)
      ceilings.append((pause / .seconds(1) * 10).rounded() / 10)
    }
    #expect(ceilings == [0.2, 0.4, 0.8, 1.6, 3, 3, 3, 3, 3, 3])
    backoff.reset()
    #expect(backoff.next(using: &largest) <= .milliseconds(200))
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `pauses are spread over the whole range below the ceiling`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var backoff = Backoff(firstCeiling: .seconds(1), lastCeiling: .seconds(1))
    let pauses = (0..<200).map { _ in backoff.next(using: &generator) }
    #expect(pauses.allSatisfy { $0 >= .zero && $0 <= .seconds(1) })
    #expect(pauses.contains { $0 < .milliseconds(200) })
    #expect(pauses.contains { $0 > .milliseconds(800) })
  }
}
