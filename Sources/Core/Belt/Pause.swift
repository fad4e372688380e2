/// A wait before another attempt at something that the process itself needs, and the clock it is on.
package struct Pause: Sendable {
  let now: @Sendable () -> ContinuousClock.Instant
  private let wait: @Sendable (Duration) async throws -> Void

  package init(
    now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
    _ wait: @escaping @Sendable (Duration) async throws -> Void
  ) {
    self.now = now
    self.wait = wait
  }

  /// Sleeps on the monotonic clock.
  package static let real = Pause { try await ContinuousClock().sleep(for: $0) }

  /// Waits so long; false when the task was cancelled meanwhile.
  package func pause(for duration: Duration) async -> Bool {
    do {
      try await wait(duration)
      return true
    } catch {
      // Only cancellation ends a wait early, and it means the process is stopping.
      return false
    }
  }

  /// Waits up to 0.2 s, doubling up to 5 s; the first half of it always, the second half as drawn.
  ///
  /// - Returns: False when the task was cancelled meanwhile.
  package func pause(beforeAttempt attempt: Int) async -> Bool {
    let ceiling = min(5000, 200 << min(attempt - 1, 8))
    return await pause(for: .milliseconds(Int.random(in: ceiling / 2...ceiling)))
  }
}
