import ArgumentParser
import Operations
import SettingsDocument
import CommandLineInterface

struct Diff: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Says what changed between two versions of an integration's settings.",
    discussion: "Without numbers it is the version in force against the one before it."
  )

  @Argument(help: "The integration.")
  var integration: String

  @Argument(help: "The earlier version; otherwise the one before the later.")
  var from: Int?

  @Argument(help: "The later version; otherwise the one in force.")
  var to: Int?

  @OptionGroup var output: OutputOptions

  func validate() throws {
    if [from, to].contains(where: { $0.map { $0 < 1 } ?? false }) {
      throw ValidationError("versions are counted from 1")
    }
  }

  func run() async throws {
    try await Fleet.open { fleet in
      let found = try await SettingsVersions(pool: fleet.pool)
        .difference(of: integration, from: from, to: to)
      guard !output.json else { return Terminal.say(found.json) }
      let what = found.changes.isEmpty ? "nothing has changed" : "this has changed"
      Terminal.say("\(integration), version \(found.from) to \(found.to): \(what)")
      for change in found.changes { Terminal.say("  \(change)") }
    }
  }
}
