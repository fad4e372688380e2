import Synchronization

/// Tells one waiting request what became of its record; the first word counts.
final class SpoolReceipt: Sendable {
  typealias Answer = Result<Void, SpoolError>

  private enum State {
    case open
    case waiting(CheckedContinuation<Answer, Never>)
    case settled(Answer)
  }

  private let state = Mutex<State>(.open)

  var isSettled: Bool {
    state.withLock { if case .settled = $0 { true } else { false } }
  }

  func settle(_ answer: Answer) {
    let waiting: CheckedContinuation<Answer, Never>? = state.withLock { state in
      switch state {
      case .settled: return nil
      case .open:
        state = .settled(answer)
        return nil
      case .waiting(let continuation):
        state = .settled(answer)
        return continuation
      }
    }
    waiting?.resume(returning: answer)
  }

  /// The word, or ``SpoolError/tooSlow`` when there is none by the deadline; called once.
  func answer(by deadline: ContinuousClock.Instant) async -> Answer {
    let alarm = Task {
      do {
        try await ContinuousClock().sleep(until: deadline)
      } catch {
        // The answer came first.
        return
      }
      settle(.failure(.tooSlow))
    }
    defer { alarm.cancel() }
    return await answer()
  }

  /// Called once.
  func answer() async -> Answer {
    await withCheckedContinuation { continuation in
      let settled: Answer? = state.withLock { state in
        if case .settled(let answer) = state { return answer }
        state = .waiting(continuation)
        return nil
      }
      if let settled { continuation.resume(returning: settled) }
    }
  }
}
