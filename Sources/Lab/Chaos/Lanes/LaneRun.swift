import Foundation
import Leads
import StrictJSON
import Bootstrap

/// Runs tests one after another: the quick ones against one fleet, those of the night against one each.
struct LaneRun {
  let lane: Lane
  let seed: UInt64
  let crm: CRMKind
  let programsFolder: URL
  /// Gets a folder of its own for every fleet.
  let folder: URL
  /// Whether a fleet that failed stays as it is until the harness is ended.
  var holds = false

  /// Runs the tests with these ids, all of the lane when there is none; the quick lane ends with the
  /// first that fails, for what that leaves would be complained of again.
  func run(only: [String], saboteur: Saboteur? = nil) async throws -> Report {
    let tests =
      only.isEmpty
      ? ChaosTest.all(lane)
      : (ChaosTest.all(lane) + ChaosTest.byName(lane)).filter { only.contains($0.id) }
    guard !tests.isEmpty else {
      throw ChaosFleet.Failure(description: "there is no test \(only.joined(separator: ", "))")
    }
    let own = folder.appending(path: saboteur?.rawValue ?? "sound")
    if FileManager.default.fileExists(atPath: own.path()) {
      try FileManager.default.removeItem(at: own)
    }
    var report = Report(lane: lane.rawValue, seed: seed, saboteur: saboteur?.rawValue)
    Screen.say(Report.head)
    for group in lane == .quick ? [tests] : tests.map({ [$0] }) {
      let folder = lane == .quick ? own : own.appending(path: group[0].id)
      report.results += try await run(group, in: folder, saboteur)
    }
    return report
  }

  private func run(_ tests: [ChaosTest], in folder: URL, _ saboteur: Saboteur?) async throws
    -> [TestResult]
  {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let fleet = try await ChaosFleet(
      crm: crm,
      programsFolder: programsFolder,
      folder: folder,
      rdPatience: lane.rdPatience,
      saboteur: saboteur
    )
    let owed = try OwedBook(file: folder.appending(path: "owed.txt"))
    var results: [TestResult] = []
    for (place, test) in tests.enumerated() {
      let seed = seed &+ UInt64(place + 1) &* 1_000
      // A CRM may take its time as long as RD Station, or longer.
      let settling = max(lane.rdPatience, Int(crm.traits.settlesWithin / .seconds(1)))
      // What a saboteur has lost never comes; a sound fleet is given more time.
      let patience =
        saboteur == nil
        ? Trial.Patience(
          total: max(lane.dose(240, 1800), 4 * settling),
          still: max(90, 2 * settling + 30)
        )
        : Trial.Patience(total: 45, still: 25)
      let trial = Trial(fleet: fleet, owed: owed, seed: seed, patience: patience)
      let result = await perform(test, trial)
      results.append(result)
      Screen.say(Report.row(of: result))
      if !result.isRight { break }
    }
    if holds, results.last?.isRight == false {
      Screen.say("held: \(fleet.whereabouts); Ctrl-C ends it")
      try await Task.sleep(for: .seconds(24 * 3600))
    }
    await fleet.stop()
    return results
  }

  private func perform(_ test: ChaosTest, _ trial: Trial) async -> TestResult {
    let begin = ContinuousClock.now
    let before = await trial.fleet.deaths()
    let events = await trial.owed.events
    let refusals = await trial.owed.refusals
    var verdict = Verdict()
    var quiet = 0.0
    do {
      try await test.run(trial)
      quiet = try await trial.waitUntilQuiet()
      verdict = try await Books(fleet: trial.fleet, owed: trial.owed)
        .compare(deadAllowed: trial.deadAllowed)
    } catch {
      verdict.complaints.append("\(error)")
    }
    verdict.complaints += await trial.complaints
    return TestResult(
      id: test.id,
      title: test.title,
      seed: trial.seed,
      strikes: await trial.strikes,
      deaths: await trial.fleet.deaths() - before,
      events: await trial.owed.events - events,
      refusals: await trial.owed.refusals - refusals,
      verdict: verdict,
      recoveries: await trial.recoveries,
      quietSeconds: quiet,
      seconds: (ContinuousClock.now - begin) / .seconds(1)
    )
  }
}

/// The standard output, line by line.
enum Screen {
  static func say(_ text: String) {
    FileHandle.standardOutput.write(Data((text + "\n").utf8))
  }
}
