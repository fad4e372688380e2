import Leads

/// What a bench measured, and what follows from it.
struct BenchReport: Sendable {
  typealias Usage = [String: FleetProcesses.Usage]

  var connections = 0
  var ceilings = Ceilings()
  /// Before the first lead.
  var idle: Usage = [:]
  /// After ``stagesFates``.
  var loaded: Usage = [:]
  /// Ingress under a burst, and what became of its leads.
  var burst = HookLoad.Outcome()
  var burstFates = LeadFates()
  /// Many leads at once through all stages, and what that took.
  var stagesFates = LeadFates()
  var stagesUsage: Usage = [:]
  var stagesCommits = CommitCount()
  var batches = BatchCount()
  /// An even load.
  var steady = HookLoad.Outcome()
  var steadyFates = LeadFates()
  /// So few leads that each is alone.
  var sparseFates = LeadFates()
  var sparseCommits = CommitCount()

  private var phases: [LeadFates] { [burstFates, stagesFates, steadyFates, sparseFates] }

  /// Accepted by ingress, and without an end.
  var lost: Int { phases.reduce(0) { $0 + $1.lost } }
  var dead: Int { phases.reduce(0) { $0 + $1.dead } }
  /// Requests without a proper answer.
  var failed: Int { burst.failed + steady.failed }

  var burstLatencies: Percentiles { Percentiles(burst.accepted.map(\.latency)) }

  /// A receipt's time is that of its transaction's beginning; what its commit takes is added.
  func latency(_ percent: Double) -> Double {
    steadyFates.latencies[percent] + ceilings.commitTime
  }

  /// In milliseconds of processor time a lead.
  func cpu(of program: String) -> Double {
    perLead(stagesUsage[program]?.cpuSeconds ?? 0) * 1000
  }

  var workersCPU: Double { Flow.allCases.reduce(0) { $0 + cpu(of: $1.program) } }

  func perLead(_ amount: Double) -> Double {
    stagesFates.done > 0 ? amount / Double(stagesFates.done) : 0
  }

  var commitsUnderLoad: Double { perLead(Double(stagesCommits.all)) }
  var writesUnderLoad: Double { perLead(Double(stagesCommits.writing)) }

  var commitsAlone: Double { perSparseLead(sparseCommits.all) }
  var writesAlone: Double { perSparseLead(sparseCommits.writing) }

  private func perSparseLead(_ count: Int) -> Double {
    sparseFates.done > 0 ? Double(count) / Double(sparseFates.done) : 0
  }

  /// In megabytes, of the program of ours that has the most.
  var idleMemory: Double {
    Double(
      Self.ourPrograms.compactMap { idle[$0]?.residentBytes }.max() ?? 0
    ) / 1e6
  }

  static let ourPrograms = ["esteira-ingress"] + Flow.allCases.map(\.program)
}

// MARK: Floors

extension BenchReport {
  /// What is asked of the fleet, and what it does.
  struct Floor: Sendable, Hashable {
    enum Bound: Sendable, Hashable {
      case atLeast(Double), atMost(Double)
    }

    let name: String
    let value: Double
    let unit: String
    let bound: Bound

    /// A figure that was not measured, which is 0, never passes.
    var isPassed: Bool {
      guard value > 0 else { return false }
      return switch bound {
      case .atLeast(let least): value >= least
      case .atMost(let most): value <= most
      }
    }

    var demand: String {
      switch bound {
      case .atLeast(let least): "≥ \(Int(least))"
      case .atMost(let most): "≤ \(Int(most))"
      }
    }
  }

  var floors: [Floor] {
    [
      Floor(name: "ingress", value: burst.rate, unit: "requests/s", bound: .atLeast(2000)),
      Floor(
        name: "all stages",
        value: stagesFates.leadsPerSecond,
        unit: "leads/s",
        bound: .atLeast(400)
      ),
      Floor(name: "workers", value: workersCPU, unit: "CPU ms a lead", bound: .atMost(2)),
      Floor(name: "a lead alone", value: commitsAlone, unit: "commits", bound: .atMost(8)),
      Floor(name: "under load", value: commitsUnderLoad, unit: "commits a lead", bound: .atMost(2)),
      Floor(name: "largest program, idle", value: idleMemory, unit: "MB", bound: .atMost(40)),
      Floor(name: "latency p50", value: latency(50), unit: "ms", bound: .atMost(15)),
      Floor(name: "latency p99", value: latency(99), unit: "ms", bound: .atMost(30)),
    ]
  }
}
