private import SandboxLeads
internal import StrictJSON
private import Synchronization

/// The faults in force; the same seed and the same requests in the same order meet the same faults.
final class FaultPlan: Sendable {
  private struct State {
    var faults: [Fault] = []
    /// How many requests of its route each fault has seen.
    var seen: [Int] = []
    var fired: [Int] = []
    var generator = SeededGenerator(seed: 1)
  }

  private let state = Mutex(State())

  func replace(with faults: [Fault], seed: UInt64) {
    state.withLock {
      $0 = State(
        faults: faults,
        seen: faults.map { _ in 0 },
        fired: faults.map { _ in 0 },
        generator: SeededGenerator(seed: seed)
      )
    }
  }

  /// Each fault with how often it has struck.
  var json: JSON {
    state.withLock { state in
      .array(
        zip(state.faults, state.fired).map { fault, fired in
          guard case .object(var members) = fault.json else { return fault.json }
          members["fired"] = .number(fired)
          return .object(members)
        }
      )
    }
  }

  /// What strikes this request: any number of latencies and at most one other.
  func strike(method: String, path: String) -> [Fault] {
    state.withLock { state in
      var struck: [Fault] = []
      for index in state.faults.indices {
        let fault = state.faults[index]
        let isDecided = fault.kind != .latency && struck.contains { $0.kind != .latency }
        guard !isDecided, fault.matches(method: method, path: path) else { continue }
        state.seen[index] += 1
        guard state.seen[index] > fault.after, state.fired[index] < fault.times ?? .max,
          state.generator.chance(percent: fault.percent)
        else { continue }
        state.fired[index] += 1
        struck.append(fault)
      }
      return struck
    }
  }
}
