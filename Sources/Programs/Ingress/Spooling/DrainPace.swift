/// Whether a line of waiting messages gets shorter fast enough for new ones to go behind it.
///
/// Each window of 10 s counts: when the line did not get so much shorter in it that at this pace it ends
/// within 10 minutes, new ones go past it until it is gone. So a replay always ends, also under a load
/// that it cannot outrun.
struct DrainPace: Sendable {
  private static let window: Duration = .seconds(10)
  private static let patience: Duration = .seconds(600)

  private var mark: (bodies: Int, at: ContinuousClock.Instant)?
  private var isHopeless = false

  /// Asked for every message.
  mutating func keepsUp(bodies: Int, at now: ContinuousClock.Instant) -> Bool {
    guard bodies > 0 else {
      self = DrainPace()
      return true
    }
    let start = mark ?? (bodies, now)
    if mark == nil { mark = start }
    let passed = now - start.at
    if passed >= Self.window {
      let gained = Double(start.bodies - bodies)
      isHopeless = isHopeless || gained * (Self.patience / passed) < Double(bodies)
      mark = (bodies, now)
    }
    return !isHopeless
  }
}
