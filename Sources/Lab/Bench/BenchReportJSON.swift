import Leads
import StrictJSON

extension BenchReport {
  /// For machines; rates are a second, times milliseconds, memory bytes.
  var json: JSON {
    [
      "processors": .number(ProcessTable.processors),
      "ceilings": [
        "publishes_per_second": number(ceilings.publishes),
        "commits_per_second": number(ceilings.commits),
        "commits_per_second_on_four": number(ceilings.commitsOnFour),
      ],
      "ingress": [
        "connections": .number(connections), "accepted": .number(burst.accepted.count),
        "postponed": .number(burst.postponed), "failed": .number(burst.failed),
        "requests_per_second": number(burst.rate), "p50_ms": number(burstLatencies[50]),
        "p99_ms": number(burstLatencies[99]),
        "leads_per_second": number(burstFates.leadsPerSecond),
      ],
      "all_stages": [
        "leads": .number(stagesFates.done), "seconds": number(stagesFates.seconds),
        "leads_per_second": number(stagesFates.leadsPerSecond),
        "workers_cpu_ms_per_lead": number(workersCPU),
        "commits_per_lead": number(commitsUnderLoad),
        "writing_transactions_per_lead": number(writesUnderLoad),
        "batch_sizes": object(Flow.allCases.map { ($0.stage, number(batches[$0])) }),
      ],
      "programs": object(loaded.keys.sorted().map { ($0, program($0)) }),
      "steady": [
        "leads": .number(steadyFates.done), "p50_ms": number(latency(50)),
        "p99_ms": number(latency(99)), "max_ms": number(latency(100)),
        "added_for_commit_ms": number(ceilings.commitTime),
        "request_lateness_max_ms": number(steady.lateness / .milliseconds(1)),
      ],
      "alone": [
        "leads": .number(sparseFates.done), "commits_per_lead": number(commitsAlone),
        "writing_transactions_per_lead": number(writesAlone),
        "p50_ms": number(sparseFates.latencies[50] + ceilings.commitTime),
      ],
      "floors": .array(floors.map(\.json)),
      "dead": .number(dead), "failed": .number(failed), "lost": .number(lost),
    ]
  }

  private func program(_ name: String) -> JSON {
    [
      "cpu_ms_per_lead": number(cpu(of: name)),
      "resident_bytes_idle": idle[name]?.residentBytes.map(JSON.number) ?? .null,
      "resident_bytes_after": loaded[name]?.residentBytes.map(JSON.number) ?? .null,
    ]
  }

  private func object(_ members: [(String, JSON)]) -> JSON {
    .object(JSON.Members(members.map { .init(key: $0.0, value: $0.1) }))
  }
}

extension BenchReport.Floor {
  fileprivate var json: JSON {
    [
      "name": .string(name), "unit": .string(unit), "value": number(value),
      "floor": .string(demand), "passed": .bool(isPassed),
    ]
  }
}

/// With three decimals; null for what no number stands for.
private func number(_ value: Double) -> JSON {
  value.isFinite ? .number(decimal(value, places: 3)) : .null
}
