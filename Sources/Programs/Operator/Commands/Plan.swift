import ArgumentParser
import Operations
import SettingsDocument
import CommandLineInterface

struct Plan: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Says what applying a document would change, and changes nothing.",
    discussion: """
      It compares with the version in force; a document with problems is not compared.

      Example: esteira plan -f acme.yaml
      """
  )

  @OptionGroup var file: SettingsFile

  @OptionGroup var output: OutputOptions

  func run() async throws {
    let document = try file.read()
    let missing = file.tellMissingSecrets(of: document)
    try await Fleet.open { fleet in
      let plan = try await SettingsVersions(pool: fleet.pool).plan(document.settings)
      output.say(plan.json(missingSecrets: missing), SettingsText.text(of: plan))
    }
  }
}
