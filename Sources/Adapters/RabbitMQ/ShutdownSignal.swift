private import Synchronization

/// Says once and for all that it is time to stop, and cuts a pause short.
final class ShutdownSignal: Sendable {
  private struct State {
    var raised = false
    var pause: Task<Void, any Error>?
  }

  private let state = Mutex(State())

  var isRaised: Bool { state.withLock { $0.raised } }

  func raise() {
    let pause = state.withLock { state in
      state.raised = true
      return state.pause
    }
    pause?.cancel()
  }

  /// Waits for `duration`, the signal, or the cancellation of the task; one caller at a time.
  func pause(for duration: Duration) async {
    let pause = state.withLock { state -> Task<Void, any Error>? in
      guard !state.raised else { return nil }
      let pause = Task { try await Task.sleep(for: duration) }
      state.pause = pause
      return pause
    }
    guard let pause else { return }
    await withTaskCancellationHandler {
      // An early end is what the signal is for.
      _ = await pause.result
    } onCancel: {
      pause.cancel()
    }
  }
}
