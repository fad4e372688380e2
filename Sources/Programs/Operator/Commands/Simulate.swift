import ArgumentParser
import Operations
import SettingsDocument
import CommandLineInterface

struct Simulate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Runs draft settings over the webhooks of the last days, and prints what would differ.",
    discussion: """
      Every archived event is decided twice, by the settings in force and by the draft, both beginning \
      with no lead known; nothing is changed anywhere. The examples show personal data.

      Example: esteira simulate -f draft.yaml --last 30d
      """
  )

  @OptionGroup var file: SettingsFile

  @Option(help: "How far back, in days, such as 30d.")
  var last = "30d"

  @Option(help: "At most so many examples of what differs.")
  var examples = 10

  @OptionGroup var output: OutputOptions

  private var days: Int? {
    let number = last.hasSuffix("d") ? last.dropLast() : last[...]
    return Int(number).flatMap { (1...366).contains($0) ? $0 : nil }
  }

  func validate() throws {
    guard days != nil else { throw ValidationError("--last is from 1d to 366d") }
    guard (0...1000).contains(examples) else {
      throw ValidationError("--examples is from 0 to 1000")
    }
  }

  func run() async throws {
    try await Fleet.open { fleet in
      let draft = try file.read().settings
      let days = days ?? 30
      let comparison = try await Rehearsals(pool: fleet.pool)
        .compare(draft, days: days, examples: examples) {
          Terminal.complain("\($0) events so far")
        }
      output.say(comparison.json, RehearsalText.text(comparison, days: days))
    }
  }
}
