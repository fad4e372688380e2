private import Glibc
private import Synchronization

/// Ends a write in which the C library is stuck.
///
/// The library waits without limit for the socket to take its bytes. When a write lasts past its
/// deadline, the socket is shut down from outside and the call returns with an error. A timer is
/// started only when none is due early enough, so an idle connection has none and a busy one few.
final class StallGuard: Sendable {
  private struct State {
    var writing: (socket: Int32, deadline: ContinuousClock.Instant)?
    var timerDue: ContinuousClock.Instant?
  }

  private let state = Mutex(State())

  /// Runs `body`, which writes to `socket`, and shuts the socket down should it last too long.
  func during<Failure: Error>(
    _ socket: Int32,
    until deadline: ContinuousClock.Instant,
    _ body: () throws(Failure) -> Void
  ) throws(Failure) {
    begin(socket, deadline)
    defer { state.withLock { $0.writing = nil } }
    try body()
  }

  private func begin(_ socket: Int32, _ deadline: ContinuousClock.Instant) {
    let startTimer = state.withLock { state in
      state.writing = (socket, deadline)
      if let due = state.timerDue, due <= deadline { return false }
      state.timerDue = deadline
      return true
    }
    if startTimer { watch(until: deadline) }
  }

  private func watch(until due: ContinuousClock.Instant) {
    Task.detached { [self] in
      var due: ContinuousClock.Instant? = due
      while let instant = due {
        try await Task.sleep(until: instant, clock: .continuous)
        due = look(due: instant)
      }
    }
  }

  /// Returns when to look again.
  private func look(due: ContinuousClock.Instant) -> ContinuousClock.Instant? {
    state.withLock { state in
      if let writing = state.writing, writing.deadline <= .now {
        // Under the lock, so the descriptor cannot have been closed and given away meanwhile.
        shutdown(writing.socket, Int32(SHUT_RDWR))
      }
      guard state.timerDue == due else { return nil }
      state.timerDue = state.writing.flatMap { $0.deadline > due ? $0.deadline : nil }
      return state.timerDue
    }
  }
}
