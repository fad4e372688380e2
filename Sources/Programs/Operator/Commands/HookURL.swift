import ArgumentParser
import Operations
import StrictJSON
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
        esteira hook-url acme --crm --register
      """
  )

  @Argument(help: "The integration.")
  var integration: String

  @Flag(help: "The address for the CRM's webhooks instead of RD Station's.")
  var crm = false

  @Flag(help: "Make the CRM call the address, by its API, where it has one for that.")
  var register = false

  @Option(help: "Why RD Station calls this address.")
  var trigger: HookAddress.Trigger?

  @OptionGroup var output: OutputOptions

  func validate() throws {
    if crm, trigger != nil { throw ValidationError("--trigger is for RD Station's address only") }
    if register, !crm {
      throw ValidationError("--register is for the CRM's webhooks: say --crm too")
    }
  }

  func run() async throws {
    try await Fleet.open(.secret) { fleet in
      if register {
        let url = try await fleet.registerCRMHooks(of: integration)
        return output.say(
          ["url": .string(url), "registered": true],
          "\(integration): the CRM calls for every change"
        )
      }
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
