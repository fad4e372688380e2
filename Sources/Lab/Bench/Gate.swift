import BeltStorage
import FoundationEssentials
import Leads
import Operations
import Postgres
import CommandLineInterface

/// Counts what leads cost, in work and not in time, so that the figures do not depend on how busy the machine
/// is: some leads alone, one after the other, then a burst.
///
/// The server has to load `pg_stat_statements`.
struct Gate {
  private let target: BenchTarget
  private let processes: FleetProcesses
  private let access: Fleet
  private let load: HookLoad
  private let serverLog: String

  private static let alone = 60
  private static let alonePerSecond = 4
  private static let atOnce = 400

  /// - Throws: ``Refusal`` when the server counts no statements, or leads were lost.
  static func measure(
    _ target: BenchTarget,
    processes: FleetProcesses,
    access: Fleet,
    serverLog: String
  ) async throws -> [String: Double] {
    try await HookLoad.open(url: target.hookURL) { load in
      let gate = Gate(
        target: target,
        processes: processes,
        access: access,
        load: load,
        serverLog: serverLog
      )
      return try await gate.figures()
    }
  }

  private func figures() async throws -> [String: Double] {
    try await access.pool.run("create extension if not exists pg_stat_statements")
    let seed = UInt64.random(in: 1...(1 << 40))
    let before = try await work()
    // The first of each program plan their statements.
    _ = try await run(BenchBodies.make(20, seed: seed)) { try await $0.steady($1, perSecond: 10) }
    let alone = try await run(BenchBodies.make(Self.alone, seed: seed + 1)) {
      try await $0.steady($1, perSecond: Self.alonePerSecond)
    }
    let burst = try await run(BenchBodies.make(Self.atOnce, seed: seed + 2)) {
      try await $0.burst($1, connections: 32, atMost: .seconds(60))
    }
    let all = try await work() - before
    return [
      "alone.statements": alone.statements, "alone.round_trips": alone.roundTrips,
      "alone.commits": alone.commits, "alone.wal_bytes": alone.walBytes,
      "alone.messages": alone.messages, "burst.statements": burst.statements,
      "burst.round_trips": burst.roundTrips, "burst.commits": burst.commits,
      "burst.wal_bytes": burst.walBytes, "burst.messages": burst.messages,
      "all.snoozes": all.snoozes, "all.deadlocks": all.deadlocks,
    ]
  }

  /// What each lead of a load cost.
  private func run(
    _ bodies: [[UInt8]],
    _ send: (HookLoad, [[UInt8]]) async throws -> HookLoad.Outcome
  ) async throws -> Work {
    var wait = try await LeadWait(
      integration: target.integration,
      processes: processes,
      access: access
    )
    let before = try await work()
    let outcome = try await send(load, bodies)
    let fates = LeadFates(
      of: outcome.accepted,
      in: try await wait.untilEnded(outcome.accepted.count)
    )
    guard fates.lost == 0, fates.dead == 0, outcome.failed == 0, fates.done > 0 else {
      throw Refusal(
        .failed,
        "leads_lost",
        "of \(bodies.count) leads \(fates.done) were done and \(fates.lost) lost"
      )
    }
    return (try await work() - before).each(of: fates.done)
  }

  private func work() async throws -> Work {
    // A full-page image is owed to the last checkpoint, not to the lead.
    let row = try await access.pool.run(
      """
      select sum(calls)::float8, sum(wal_bytes - wal_fpi * 8192)::float8,
        pg_snapshot_xmax(pg_current_snapshot())::text::float8
      from pg_stat_statements
      where dbid = (select oid from pg_database where datname = current_database())
      """
    )[0]
    var work = Work(
      statements: try row.double(0),
      walBytes: try row.double(1),
      commits: try row.double(2)
    )
    for stage in Flow.allCases {
      for page in try await processes.metrics(of: stage.program) {
        work.roundTrips += try page.sum(of: "database_round_trips_total")
        work.messages += try page.sum(of: "deliveries_total", with: #"outcome="done""#)
        work.snoozes += try page.sum(of: "deliveries_total", with: #"outcome="snooze""#)
      }
    }
    let log = String(decoding: try Data(contentsOf: URL(filePath: serverLog)), as: UTF8.self)
    work.deadlocks = Double(log.ranges(of: "deadlock detected").count)
    return work
  }

  /// Counts that only grow.
  private struct Work {
    var statements = 0.0
    var walBytes = 0.0
    /// Transactions that wrote.
    var commits = 0.0
    var roundTrips = 0.0
    /// Deliveries that were done.
    var messages = 0.0
    var snoozes = 0.0
    var deadlocks = 0.0

    static func - (left: Work, right: Work) -> Work {
      Work(
        statements: left.statements - right.statements,
        walBytes: left.walBytes - right.walBytes,
        commits: left.commits - right.commits,
        roundTrips: left.roundTrips - right.roundTrips,
        messages: left.messages - right.messages,
        snoozes: left.snoozes - right.snoozes,
        deadlocks: left.deadlocks - right.deadlocks
      )
    }

    func each(of leads: Int) -> Work {
      let leads = Double(leads)
      return Work(
        statements: statements / leads,
        walBytes: walBytes / leads,
        commits: commits / leads,
        roundTrips: roundTrips / leads,
        messages: messages / leads,
        snoozes: snoozes / leads,
        deadlocks: deadlocks / leads
      )
    }
  }
}

/// The most that each figure of ``Gate`` may be, from a file with a line a figure: its name, the limit, what
/// it is to become, and what it counts, parted by tabs.
struct GateLimits: Equatable {
  struct Line: Equatable {
    let name: String
    let limit: Double
    let target: String
    let words: String
  }

  let lines: [Line]

  /// - Throws: ``Refusal`` that quotes a line that is none.
  init(_ text: String) throws {
    lines = try text.split(separator: "\n").dropFirst().map { line in
      let parts = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 4, let limit = Double(parts[1]) else {
        throw Refusal(
          .invalid,
          "limit_unreadable",
          "a limit is a name, a number, a target and words: \(line)"
        )
      }
      return Line(name: parts[0], limit: limit, target: parts[2], words: parts[3])
    }
  }

  /// A table for people, and the names of what is above its limit, was not measured or has no limit.
  func verdict(on figures: [String: Double]) -> (table: String, broken: [String]) {
    var table = TextTable(["figure", "now", "limit", "target", "", "counts"], numbers: [1, 2, 3])
    var broken: [String] = []
    for line in lines {
      let value = figures[line.name]
      let judgement = value.map { $0 <= line.limit ? "ok" : "ABOVE" } ?? "NOT MEASURED"
      if judgement != "ok" { broken.append(line.name) }
      table.add([
        line.name, value.map(figure) ?? "–", figure(line.limit), line.target, judgement, line.words,
      ])
    }
    let limited = Set(lines.map(\.name))
    for (name, value) in figures.sorted(by: { $0.key < $1.key }) where !limited.contains(name) {
      broken.append(name)
      table.add([name, figure(value), "–", "–", "NO LIMIT", ""])
    }
    return (table.text, broken)
  }
}
