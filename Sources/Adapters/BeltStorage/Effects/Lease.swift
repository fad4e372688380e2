/// How long the calls of a batch are ours to make.
///
/// Begins before the intents are written or renewed, and so ends before any other worker takes over; time
/// in which the process or the machine slept counts.
package struct Lease: Sendable {
  private let began: ContinuousClock.Instant

  package init(began: ContinuousClock.Instant = .now) { self.began = began }

  /// No call may begin after it.
  package var end: ContinuousClock.Instant { began + Effects.lease }

  /// Whether a call that has to wait for its login and its permit might come too late.
  var isWorn: Bool { .now >= began + Effects.lease / 2 }
}
