import ArgumentParser
import Leads
import Operations
import CommandLineInterface

struct Fields: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows how the fields of RD Station and of the CRM are combined.",
    discussion: """
      Pairs that need no row come first. A field of the CRM that nothing fills is shown too; a row \
      under fields pairs it.
      """
  )

  @Argument(help: "The integration.")
  var integration: String

  @OptionGroup var output: OutputOptions

  func run() async throws {
    try await Fleet.open { fleet in
      let fields = try await SettingsVersions(pool: fleet.pool).fields(of: integration)
      guard !output.json else { return Terminal.say(fields.json) }
      Terminal.say(MappingText.text(of: fields.table))
      Terminal.complain("version \(fields.version), centralize_by: \(fields.centralizeBy.rawValue)")
    }
  }
}
