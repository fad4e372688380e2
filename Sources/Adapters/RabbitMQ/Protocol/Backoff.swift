/// Growing pauses between attempts, with full jitter: each is drawn evenly from zero to a ceiling
/// that doubles, so that a fleet does not come back in step.
///
/// The last ceiling is for the 15 s in which a link is to work again after the broker is back: one that
/// comes back listens for some seconds before its queues answer, so more than one attempt must fit.
struct Backoff: Sendable {
  private let firstCeiling: Duration
  private let lastCeiling: Duration
  private var ceiling: Duration

  init(firstCeiling: Duration = .milliseconds(200), lastCeiling: Duration = .seconds(3)) {
    self.firstCeiling = firstCeiling
    self.lastCeiling = lastCeiling
    ceiling = firstCeiling
  }

  /// The pause before the next attempt.
  mutating func next(using generator: inout some RandomNumberGenerator) -> Duration {
    let pause = ceiling * Double.random(in: 0...1, using: &generator)
    ceiling = min(ceiling * 2, lastCeiling)
    return pause
  }

  mutating func reset() { ceiling = firstCeiling }
}
