import LeadStorage
import Workers

/// How long the calls of a batch are ours to make.
///
/// Begins before the intents are written, and so ends before any other worker takes over; time in which
/// the process or the machine slept counts.
struct Lease: Sendable {
  private let began: ContinuousClock.Instant

  init(began: ContinuousClock.Instant = .now) { self.began = began }

  var isOurs: Bool {
    Saboteur.leaseIgnored.isOn || ContinuousClock.now - began < Effects.lease
  }
}
