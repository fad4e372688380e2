import Bootstrap
import BeltStorage
import Leads
import Operations
import CommandLineInterface

/// One bench from the raw rates to the report.
struct BenchRun {
  private let plan: BenchPlan
  private let target: BenchTarget
  private let processes: FleetProcesses
  private let access: Fleet
  private let load: HookLoad
  private var seed: UInt64
  private var report = BenchReport()

  static func perform(
    _ plan: BenchPlan,
    on target: BenchTarget,
    processes: FleetProcesses,
    access: Fleet
  ) async throws -> BenchReport {
    try await HookLoad.open(url: target.hookURL) { load in
      var run = BenchRun(
        plan: plan,
        target: target,
        processes: processes,
        access: access,
        load: load,
        // The fleet would know the leads of an earlier bench.
        seed: .random(in: 1...(1 << 40))
      )
      run.report.connections = plan.connections
      run.report.idle = processes.usage()
      try await run.measureCeilings()
      try await run.measureIngress()
      // With leads missing the other figures would mean nothing.
      if run.report.lost == 0 { try await run.measureStages() }
      if run.report.lost == 0 { try await run.measureLatency() }
      if run.report.lost == 0 { try await run.measureSparse() }
      return run.report
    }
  }

  private func say(_ text: String) { Terminal.complain(text) }
}

// MARK: Phases

extension BenchRun {
  private mutating func measureCeilings() async throws {
    let settings = access.settings
    report.ceilings.commits = try await commits(connections: 1)
    report.ceilings.commitsOnFour = try await commits(connections: 4)
    say(
      "database: \(figure(report.ceilings.commits)) commits/s on one connection, "
        + "\(figure(report.ceilings.commitsOnFour)) on four"
    )
    // After the database: the broker goes on writing when its queue is gone.
    report.ceilings.publishes = try await Ceilings.publishes(
      for: plan.ceiling,
      on: settings.brokerEndpoint,
      logger: access.logger
    )
    say("broker: \(figure(report.ceilings.publishes)) confirmed messages/s")
  }

  private func commits(connections: Int) async throws -> Double {
    try await Ceilings.commits(
      for: plan.ceiling,
      connections: connections,
      url: access.settings.postgresURL,
      logger: access.logger
    )
  }

  /// The workers work at the same time, so this is ingress in its usual surroundings.
  private mutating func measureIngress() async throws {
    let count = Int(plan.burst / .seconds(1)) * plan.bodiesPerSecond
    let bodies = nextBodies(count)
    say("ingress: loading it on \(plan.connections) connections")
    let phase = try await phase { load in
      try await load.burst(bodies, connections: plan.connections, atMost: plan.burst)
    }
    report.burst = phase.outcome
    report.burstFates = phase.fates
    let latencies = Percentiles(phase.outcome.accepted.map(\.latency))
    say(
      "ingress: \(figure(phase.outcome.rate)) requests/s, p50 \(figure(latencies[50])) ms, "
        + "p99 \(figure(latencies[99])) ms; all through after \(figure(phase.fates.seconds)) s"
    )
  }

  private mutating func measureStages() async throws {
    let bodies = nextBodies(plan.leads)
    let commits = try await CommitCount.settled(in: access.pool)
    let usage = processes.usage()
    let batches = try await BatchCount.now(of: processes)
    say("all stages: \(plan.leads) leads at once")
    let phase = try await phase { load in
      try await load.burst(bodies, connections: plan.connections, atMost: .seconds(300))
    }
    report.loaded = processes.usage()
    report.stagesFates = phase.fates
    report.stagesUsage = report.loaded.merging(usage) { after, before in
      FleetProcesses.Usage(cpuSeconds: after.cpuSeconds - before.cpuSeconds)
    }
    report.batches = try await BatchCount.now(of: processes).since(batches)
    report.stagesCommits =
      try await CommitCount.settled(in: access.pool) - commits - phase.ownReads
    say("all stages: \(figure(phase.fates.leadsPerSecond)) leads/s")
  }

  private mutating func measureLatency() async throws {
    let bodies = nextBodies(plan.steadyRate * plan.steadySeconds)
    say("latency: \(plan.steadyRate) leads/s for \(plan.steadySeconds) s")
    let rate = plan.steadyRate
    let phase = try await phase { try await $0.steady(bodies, perSecond: rate) }
    report.steady = phase.outcome
    report.steadyFates = phase.fates
    let latencies = phase.fates.latencies
    say("latency: p50 \(figure(latencies[50])) ms, p99 \(figure(latencies[99])) ms")
  }

  private mutating func measureSparse() async throws {
    let bodies = nextBodies(plan.sparseRate * plan.sparseSeconds)
    let commits = try await CommitCount.settled(in: access.pool)
    say("alone: \(plan.sparseRate) leads/s for \(plan.sparseSeconds) s")
    let rate = plan.sparseRate
    let phase = try await phase { try await $0.steady(bodies, perSecond: rate) }
    report.sparseFates = phase.fates
    report.sparseCommits =
      try await CommitCount.settled(in: access.pool) - commits - phase.ownReads
  }

  private mutating func nextBodies(_ count: Int) -> [[UInt8]] {
    seed += 1
    return BenchBodies.make(count, seed: seed)
  }

  /// Makes a load, and waits until all of it has an end.
  private func phase(
    _ body: (HookLoad) async throws -> HookLoad.Outcome
  ) async throws -> (outcome: HookLoad.Outcome, fates: LeadFates, ownReads: CommitCount) {
    var wait = try await LeadWait(
      integration: target.integration,
      processes: processes,
      access: access
    )
    let outcome = try await body(load)
    let fates = LeadFates(
      of: outcome.accepted,
      in: try await wait.untilEnded(outcome.accepted.count)
    )
    if outcome.failed > 0 { say("\(outcome.failed) requests had no proper answer") }
    if fates.dead > 0 { say("\(fates.dead) leads are dead letters: esteira dead-letters ls") }
    if fates.lost > 0 { say("\(fates.lost) leads have no end") }
    // The one more is that of the count before.
    return (outcome, fates, CommitCount(all: wait.reads + 1))
  }
}
