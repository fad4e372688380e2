import StrictJSON

/// What one test of a lane came to.
struct TestResult: Sendable {
  let id: String
  let title: String
  let seed: UInt64
  let strikes: Int
  let deaths: Int
  let events: Int
  let refusals: Int
  let verdict: Verdict
  let recoveries: [Double]
  let quietSeconds: Double
  let seconds: Double

  var isRight: Bool { verdict.complaints.isEmpty }

  var json: JSON {
    [
      "test": .string(id), "title": .string(title), "seed": .number(String(seed)),
      "strikes": .number(strikes), "deaths": .number(deaths), "events": .number(events),
      "refusals": .number(refusals), "lost": .number(verdict.lost),
      "duplicated": .number(verdict.duplicated),
      "complaints": .array(verdict.complaints.map(JSON.string)),
      "recovery_seconds_max": .number(Report.text(recoveries.max() ?? 0)),
      "quiet_seconds": .number(Report.text(quietSeconds)),
      "seconds": .number(Report.text(seconds)),
    ]
  }
}

/// The one report of a run.
struct Report: Sendable {
  let lane: String
  let seed: UInt64
  let saboteur: String?
  var results: [TestResult] = []

  var isRight: Bool { results.allSatisfy(\.isRight) }

  var json: JSON {
    [
      "lane": .string(lane), "seed": .number(String(seed)),
      "saboteur": saboteur.map(JSON.string) ?? .null, "passed": .bool(isRight),
      "results": .array(results.map(\.json)),
    ]
  }

  static let head = row(
    [
      "test", "strikes", "deaths", "events", "refused", "lost", "twice", "back s", "quiet s",
      "took s",
    ]
  )

  static func row(of result: TestResult) -> String {
    row([
      result.id, "\(result.strikes)", "\(result.deaths)", "\(result.events)",
      "\(result.refusals)", "\(result.verdict.lost)", "\(result.verdict.duplicated)",
      text(result.recoveries.max() ?? 0), text(result.quietSeconds), text(result.seconds),
    ]) + "  " + (result.isRight ? "ok" : "FAILED") + "  " + result.title
      + result.verdict.complaints.map { "\n      " + $0 }.joined()
  }

  private static func row(_ cells: [String]) -> String {
    cells.enumerated().map { index, cell in
      let padding = String(repeating: " ", count: max(0, (index == 0 ? 4 : 8) - cell.count))
      return index == 0 ? cell + padding : padding + cell
    }.joined()
  }

  /// With one digit after the point.
  static func text(_ number: Double) -> String {
    let tenths = Int((number * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }
}
