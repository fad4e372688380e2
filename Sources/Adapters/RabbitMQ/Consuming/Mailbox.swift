private import Synchronization

/// Where the connection's thread and the handlers meet: deliveries one way, verdicts the other.
///
/// A lock instead of a hop to the thread, so that a handler that finds work waiting never sleeps.
final class Mailbox: Sendable {
  enum Verdict: Sendable { case acknowledge, giveBack }

  private struct Waiter {
    let id: UInt64
    let max: Int
    let continuation: CheckedContinuation<[InboundMessage], Never>
  }

  private struct State {
    var ready = ReadyQueue()
    var waiters: [Waiter] = []
    var nextWaiterID: UInt64 = 0
    var verdicts: [(token: DeliveryToken, verdict: Verdict)] = []
    var stopped = false

    /// Pairs what is ready with who waits, first come first served.
    mutating func matches() -> [(Waiter, [InboundMessage])] {
      var matches: [(Waiter, [InboundMessage])] = []
      while !ready.isEmpty, !waiters.isEmpty {
        let waiter = waiters.removeFirst()
        matches.append((waiter, ready.take(max: waiter.max)))
      }
      return matches
    }
  }

  private let state = Mutex(State())

  /// Takes what is ready, 1 to `max`; waits while there is nothing.
  ///
  /// Empty when stopped or cancelled.
  func next(max: Int) async -> [InboundMessage] {
    let (ready, stopped, id) = state.withLock { state in
      state.nextWaiterID += 1
      // Those who wait already come first.
      let ready = state.waiters.isEmpty && !state.stopped ? state.ready.take(max: max) : []
      return (ready, state.stopped, state.nextWaiterID)
    }
    guard ready.isEmpty, !stopped else { return ready }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let answer = state.withLock { state -> [InboundMessage]? in
          guard !state.stopped, !Task.isCancelled else { return [] }
          if state.waiters.isEmpty, !state.ready.isEmpty { return state.ready.take(max: max) }
          state.waiters.append(Waiter(id: id, max: max, continuation: continuation))
          return nil
        }
        if let answer { continuation.resume(returning: answer) }
      }
    } onCancel: {
      let waiter = state.withLock { state in
        state.waiters.firstIndex { $0.id == id }.map { state.waiters.remove(at: $0) }
      }
      waiter?.continuation.resume(returning: [])
    }
  }

  /// Adds what arrived; once stopped it waits for ``takeRest()``.
  func deliver(_ arrived: [InboundMessage]) {
    let matches = state.withLock { state in
      state.ready.append(contentsOf: arrived)
      return state.matches()
    }
    for (waiter, messages) in matches { waiter.continuation.resume(returning: messages) }
  }

  func pass(_ verdict: Verdict, on tokens: [DeliveryToken]) {
    state.withLock { $0.verdicts += tokens.map { ($0, verdict) } }
  }

  /// The verdicts since the last call, in the order they were passed.
  func takeVerdicts() -> [(token: DeliveryToken, verdict: Verdict)] {
    state.withLock { state in
      guard !state.verdicts.isEmpty else { return [] }
      defer { state.verdicts = [] }
      return state.verdicts
    }
  }

  /// Forgets what was not handed out: with its connection gone, the broker delivers it again.
  func connectionLost() {
    state.withLock { _ = $0.ready.removeAll() }
  }

  /// Ends every wait, and hands nothing out any more.
  func stop() {
    let waiters = state.withLock { state in
      state.stopped = true
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.continuation.resume(returning: []) }
  }

  /// What arrived and was never handed out.
  func takeRest() -> [InboundMessage] { state.withLock { $0.ready.removeAll() } }
}
