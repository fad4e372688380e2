import Leads
import CommandLineInterface

extension BenchReport {
  /// For people: the figures, what they are of the raw rates, and how they stand to the floors.
  var text: String {
    [figuresTable, ratios, programsTable, batchesLine, floorsTable, notes, ending]
      .joined(separator: "\n\n")
  }

  private var figuresTable: String {
    var table = TextTable(["measured", "figure", "unit"], numbers: [1])
    func add(_ name: String, _ value: Double, _ unit: String) {
      table.add([name, figure(value), unit])
    }
    add("broker alone", ceilings.publishes, "confirmed messages/s")
    add("database alone, 1 connection", ceilings.commits, "commits/s")
    add("database alone, 4 connections", ceilings.commitsOnFour, "commits/s")
    add("ingress, \(connections) connections", burst.rate, "requests/s")
    add("  p50", burstLatencies[50], "ms")
    add("  p99", burstLatencies[99], "ms")
    add("  the burst through all stages", burstFates.leadsPerSecond, "leads/s")
    add("all stages, \(stagesFates.done) leads", stagesFates.leadsPerSecond, "leads/s")
    add("  commits a lead, reads included", commitsUnderLoad, "transactions")
    add("  commits a lead that write", writesUnderLoad, "transactions")
    add("latency at an even load, p50", latency(50), "ms")
    add("  p99", latency(99), "ms")
    add("  longest", latency(100), "ms")
    add("a lead alone, commits, reads included", commitsAlone, "transactions")
    add("  commits that write", writesAlone, "transactions")
    add("  p50", sparseFates.latencies[50] + ceilings.commitTime, "ms")
    return table.text
  }

  private var ratios: String {
    func share(_ part: Double, _ whole: Double) -> String {
      whole > 0 ? "\(figure(part / whole * 100)) %" : "–"
    }
    return """
      leads/s ÷ raw commits/s on four connections: \
      \(share(stagesFates.leadsPerSecond, ceilings.commitsOnFour))
      leads/s ÷ raw messages/s: \(share(stagesFates.leadsPerSecond, ceilings.publishes))
      ingress requests/s ÷ raw messages/s: \(share(burst.rate, ceilings.publishes))
      """
  }

  private var programsTable: String {
    var table = TextTable(["program", "CPU ms a lead", "MB idle", "MB after"], numbers: [1, 2, 3])
    func memory(_ usage: FleetProcesses.Usage?) -> String {
      usage?.residentBytes.map { figure(Double($0) / 1e6) } ?? "–"
    }
    let others = Set(loaded.keys).subtracting(Self.ourPrograms).sorted()
    for program in Self.ourPrograms + others {
      table.add([
        program, figure(cpu(of: program)), memory(idle[program]), memory(loaded[program]),
      ])
    }
    return table.text
  }

  private var batchesLine: String {
    let stages = Flow.allCases.map { "\($0.stage) \(figure(batches[$0]))" }
    return "messages a batch, under load: \(stages.joined(separator: ", "))"
  }

  private var floorsTable: String {
    var table = TextTable(["asked", "floor", "figure", "unit", ""], numbers: [1, 2])
    for floor in floors {
      table.add([
        floor.name, floor.demand, figure(floor.value), floor.unit,
        floor.isPassed ? "PASS" : "below",
      ])
    }
    return table.text
  }

  private var notes: String {
    """
    Everything ran on one machine with \(ProcessTable.processors) processors: broker, database, \
    fleet, sandbox and the bench itself. Ingress was loaded while the workers worked. Latency is \
    from the request to the lead's last receipt, by one clock, and a raw commit \
    (\(figure(ceilings.commitTime)) ms) is added for the receipt's own; the latest request was \
    \(figure(steady.lateness / .milliseconds(1))) ms behind its plan. Commits are all that the \
    database counted, whoever made them, less the bench's own; its count lags by up to 10 s, and \
    the bench waited for it. Transactions that write are counted by their ids.
    """
  }

  private var ending: String {
    let kept = [burstFates, stagesFates, steadyFates, sparseFates]
    let done = kept.reduce(0) { $0 + $1.done }
    let keptOut = kept.reduce(0) { $0 + $1.keptOut }
    return "bench: done \(done), kept out \(keptOut), dead \(dead), failed \(failed), lost \(lost)"
  }
}
