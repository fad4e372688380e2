import ArgumentParser
import Bootstrap
import Operations
import SettingsDocument
import CommandLineInterface

struct Plan: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Says what applying a document would change, and changes nothing.",
    discussion: """
      It compares with the version in force; a document with problems is not compared. \
      The names of a CRM outside are read with the login that is stored there.

      Example: esteira plan -f acme.yaml
      """
  )

  @OptionGroup var file: SettingsFile

  @OptionGroup var output: OutputOptions

  func run() async throws {
    let document = try file.read()
    let missing = file.tellMissingSecrets(of: document)
    let address = file.crmAddress(of: document)
    try await Fleet.open(document.crm == nil ? [] : .secret) { fleet in
      let plan = try await fleet.plan(document, crmAddress: address)
      output.say(plan.json(missingSecrets: missing), SettingsText.text(of: plan))
    }
  }
}
