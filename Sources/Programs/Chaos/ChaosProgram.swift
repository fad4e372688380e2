import ArgumentParser
import Foundation
import StrictJSON
import Workers

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

  @Option(help: "The settings document of the integration acme.")
  var document = "deploy/examples/acme.yaml"

  @Option(help: "Where logs, what was owed and the report go.")
  var folder: String

  func run() async throws {
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
      document: URL(filePath: document),
      programsFolder: URL(filePath: try executable()).deletingLastPathComponent(),
      folder: URL(filePath: folder)
    )
    Screen.say("chaos: lane \(lane.rawValue), seed \(seed)")
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
          "again: deploy/chaos --lane \(lane.rawValue) --seed \(seed)  (failed in \(last))"
        )
      }
    }
    if !isRight { throw ExitCode(1) }
  }

  /// Each saboteur must be caught.
  private func hunt(_ run: LaneRun) async throws -> Bool {
    var caught: [JSON] = []
    var lines: [String] = []
    var isComplete = true
    for saboteur in Saboteur.allCases
    where only.isEmpty || saboteur.rawValue.contains(only) {
      Screen.say("== \(saboteur.rawValue)")
      let test = saboteur.catcher
      var words = ""
      do {
        let report = try await run.run(only: [test], saboteur: saboteur)
        words = report.results.flatMap(\.verdict.complaints).first ?? ""
      } catch {
        words = "the fleet did not come up: \(error)"
      }
      isComplete = isComplete && !words.isEmpty
      let name = saboteur.rawValue.padding(toLength: 26, withPad: " ", startingAt: 0)
      lines.append("\(name) \(words.isEmpty ? "NOT CAUGHT by \(test)" : "\(test)  \(words)")")
      caught.append([
        "saboteur": .string(saboteur.rawValue), "test": .string(test),
        "caught": .bool(!words.isEmpty), "by": .string(words),
      ])
    }
    try write(.array(caught), "saboteurs.json")
    for line in lines { Screen.say(line) }
    let count = caught.count { $0["caught"]?.bool == true }
    Screen.say("chaos: \(count) of \(caught.count) saboteurs caught")
    return isComplete
  }

  private func write(_ json: JSON, _ name: String) throws {
    try Data(json.encoded).write(to: URL(filePath: folder).appending(path: name))
  }

  private func executable() throws -> String {
    try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
  }
}

extension Saboteur {
  /// The test whose promise it breaks.
  var catcher: String {
    switch self {
    case .ackBeforeWork, .ackBeforePublish, .followsForgotten: "T1-ack"
    case .confirmsOff, .answerBeforeConfirm: "T8"
    case .blindRetry, .unknownTakenForDone: "T19"
    case .receiptsOff, .tenantLeftOut, .repeatsNotKnown, .neverAcknowledged: "T24"
    case .payloadLogged, .olderOverwritesNewer: "T25"
    case .outageTakenForRefusal: "T11"
    case .refusalDropped: "T18"
    case .fenceIgnored, .leaseIgnored: "T3"
    case .turnsOff: "T25"
    }
  }
}
