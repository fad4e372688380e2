import ArgumentParser
import Operations
import Bootstrap
import Leads
import CommandLineInterface

extension HookAddress.Trigger: ExpressibleByArgument {}

struct HookURL: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hook-url",
    abstract: "Prints the address that RD Station or the CRM has to call, and where to enter it.",
    discussion: """
      The address holds a secret: whoever has it can send leads. It alone goes to the standard \
      output, the instructions go to the standard error.

      Examples:
        esteira hook-url acme --trigger conversion
        esteira hook-url acme --crm
      """
  )

  @Argument(help: "The integration.")
  var integration: String

  @Flag(help: "The address for the CRM's webhooks instead of RD Station's.")
  var crm = false

  @Option(help: "Why RD Station calls this address.")
  var trigger: HookAddress.Trigger?

  @OptionGroup var output: OutputOptions

  func validate() throws {
    if crm, trigger != nil { throw ValidationError("--trigger is for RD Station's address only") }
  }

  func run() async throws {
    try await Fleet.open(.secret) { fleet in
      let page = try await SettingsVersions(pool: fleet.pool)
        .hookPage(of: integration, crm ? .crm : .rd, trigger: trigger, by: fleet.settings)
      guard !output.json else { return Terminal.say(page.json) }
      Terminal.say(page.url)
      // Numbered, one a line.
      Terminal.complain(
        page.steps.enumerated().map { "\($0.offset + 1). \($0.element)" }.joined(separator: "\n")
      )
    }
  }
}
