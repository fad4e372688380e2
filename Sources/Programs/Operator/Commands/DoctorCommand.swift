import ArgumentParser
import Operations
import CommandLineInterface

struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
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
      if let fault = try await WebProbe.fault(at: http) {
        throw Refusal(.failed, "no_answer", "\(http): \(fault)")
      }
      return
    }
    let findings = await Doctor.examine()
    output.say(findings.json, findings.map(\.text).joined(separator: "\n"))
    let wrong = findings.count { $0.state == .wrong }
    if wrong > 0 {
      let sentence = "\(wrong) of \(findings.count) checks found a fault"
      throw Refusal(.failed, "checks_failed", sentence)
    }
  }
}

extension Finding {
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
}
