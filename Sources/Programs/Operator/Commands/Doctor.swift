import ArgumentParser
import StrictJSON

struct Doctor: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Checks everything that the fleet needs, and says what to do about what is wrong.",
    discussion: """
      Examples:
        esteira doctor
        esteira doctor --http http://127.0.0.1:9090/readyz
      """
  )

  @Option(help: "Only ask this address; the exit status says whether it answered 2xx.")
  var http: String?

  @OptionGroup var output: OutputOptions

  func run() async throws {
    if let http {
      if let fault = try await WebProbe.fault(at: http) { throw Refusal("\(http): \(fault)") }
      return
    }
    let findings = await Examination.run()
    if output.json {
      Terminal.say(JSON.array(findings.map(\.json)))
    } else {
      for finding in findings { Terminal.say(finding.text) }
    }
    let wrong = findings.count { $0.state == .wrong }
    guard wrong == 0 else { throw Refusal("\(wrong) of \(findings.count) checks found a fault") }
  }
}

/// What one check of the doctor found.
struct Finding: Sendable, Hashable {
  enum State: String, Sendable {
    case ok, warning, wrong
    /// It needs something that another check found wrong.
    case skipped
  }

  let check: String
  let state: State
  let detail: String
  /// What to do; nil when there is nothing to do.
  var remedy: String?

  var text: String {
    let mark =
      switch state {
      case .ok: "ok     "
      case .warning: "warning"
      case .wrong: "WRONG  "
      case .skipped: "skipped"
      }
    let lines = detail.split(separator: "\n").joined(separator: "\n         ")
    return "\(mark)  \(check): \(lines)" + (remedy.map { "\n         → \($0)" } ?? "")
  }

  var json: JSON {
    [
      "check": .string(check), "state": .string(state.rawValue), "detail": .string(detail),
      "remedy": .optional(remedy),
    ]
  }
}
