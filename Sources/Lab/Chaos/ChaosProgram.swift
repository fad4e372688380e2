import ArgumentParser
import Foundation
import Leads
import StrictJSON
import Bootstrap

/// `esteira-chaos`: proves by killing it that the fleet loses nothing and does nothing twice.
@main
struct ChaosProgram: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "esteira-chaos",
    abstract: "Strikes a whole fleet of debug builds, and compares everybody's books at the end."
  )

  @Option(help: "How much of everything: quick or night.")
  var lane = "quick"

  @Option(help: "The same seed strikes the same way.")
  var seed: UInt64?

  @Option(help: "Only these tests, such as T6 or T1,T11.")
  var only = ""

  @Option(help: "Break one promise on purpose; the run should fail.")
  var saboteur: String?

  @Flag(help: "Run every saboteur against the test that should catch it.")
  var saboteurs = false

  @Flag(help: "Leave the fleet of a failed test as it is, to be looked at, until Ctrl-C.")
  var hold = false

  @Option(help: "The CRM behind the fleet: embedded, rd_station_crm, totvs or datacrm.")
  var crm = CRMKind.embedded.rawValue

  @Option(help: "Where logs, what was owed and the report go.")
  var folder: String

  func run() async throws {
    guard let crm = CRMKind(rawValue: crm) else {
      let kinds = CRMKind.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("--crm is one of \(kinds)")
    }
    guard let lane = Lane(rawValue: lane) else { throw ValidationError("--lane is quick or night") }
    let chosen = saboteur.map { Saboteur(rawValue: $0) }
    if let chosen, chosen == nil {
      let names = Saboteur.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("--saboteur is one of \(names)")
    }
    let seed = seed ?? UInt64.random(in: 1...999_999)
    let run = LaneRun(
      lane: lane,
      seed: seed,
      crm: crm,
      programsFolder: URL(filePath: try executable()).deletingLastPathComponent(),
      folder: URL(filePath: folder),
      holds: hold
    )
    Screen.say("chaos: lane \(lane.rawValue), CRM \(crm.rawValue), seed \(seed)")
    let isRight: Bool
    if saboteurs {
      isRight = try await hunt(run)
    } else {
      let tests = only.split(separator: ",").map(String.init)
      let report = try await run.run(only: tests, saboteur: chosen ?? nil)
      try write(report.json, "report.json")
      isRight = report.isRight
      let lost = report.results.reduce(0) { $0 + $1.verdict.lost }
      let twice = report.results.reduce(0) { $0 + $1.verdict.duplicated }
      Screen.say(
        "chaos: \(report.results.count) tests, "
          + "\(report.results.reduce(0) { $0 + $1.strikes }) strikes, "
          + "\(report.results.reduce(0) { $0 + $1.deaths }) deaths, "
          + "\(report.results.reduce(0) { $0 + $1.events }) events, lost \(lost), duplicated \(twice)"
      )
      if !isRight {
        let last = report.results.last?.id ?? ""
        Screen.say(
          "again: deploy/chaos --lane \(lane.rawValue) --crm \(crm.rawValue) --seed \(seed)  "
            + "(failed in \(last))"
        )
      }
    }
    if !isRight { throw ExitCode(1) }
  }

  /// Each saboteur must be caught.
  private func hunt(_ run: LaneRun) async throws -> Bool {
    var catches: [Hunt.Catch] = []
    for saboteur in Saboteur.allCases
    where only.isEmpty || saboteur.rawValue.contains(only) {
      Screen.say("== \(saboteur.rawValue)")
      catches.append(await Hunt(run: run).hunt(saboteur))
    }
    try write(.array(catches.map(\.json)), "saboteurs.json")
    for one in catches { Screen.say(one.row) }
    let caught = catches.count(where: \.isCaught)
    let seconds = Int(catches.reduce(0) { $0 + $1.seconds })
    Screen.say("chaos: \(caught) of \(catches.count) saboteurs caught in \(seconds) s")
    return caught == catches.count
  }

  private func write(_ json: JSON, _ name: String) throws {
    try Data(json.encoded).write(to: URL(filePath: folder).appending(path: name))
  }

  private func executable() throws -> String {
    try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
  }
}
