import ArgumentParser
import Bootstrap
import BeltStorage
import Leads
import StrictJSON

/// `?trigger=` of a webhook address: why RD Station calls, which its bodies do not tell.
enum HookTriggerOption: String, ExpressibleByArgument, CaseIterable {
  case conversion, opportunity
}

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
  var trigger: HookTriggerOption?

  @OptionGroup var output: OutputOptions

  func validate() throws {
    if crm, trigger != nil { throw ValidationError("--trigger is for RD Station's address only") }
  }

  func run() async throws {
    try await FleetAccess.open(.secret) { access in
      guard let name = IntegrationName(integration),
        let current = try await SettingsStore(pool: access.pool).current(integration)
      else { throw try await access.refusal(ofUnknown: integration) }
      let kind: HookToken.Kind = crm ? .crm : .rd
      let url = HookAddress(
        publicURL: access.settings.publicURL,
        kind: kind,
        integration: name,
        generation: current.hookGeneration,
        secret: access.settings.hookSecret
      ).url(trigger: trigger?.rawValue)
      let page = HookPage(url: url, kind: kind, trigger: trigger)
      guard !output.json else { return Terminal.say(page.json) }
      Terminal.say(page.url)
      Terminal.complain(page.instructions)
    }
  }
}

/// The web address of an integration's hook.
struct HookAddress {
  let publicURL: String
  let kind: HookToken.Kind
  let integration: IntegrationName
  let generation: Int
  let secret: HookToken.Secret

  func url(trigger: String? = nil) -> String {
    let token = HookToken(kind, of: integration, generation: generation, secret: secret)
    let base = publicURL.hasSuffix("/") ? String(publicURL.dropLast()) : publicURL
    let query = trigger.map { "?trigger=\($0)" } ?? ""
    return "\(base)/v1/hooks/\(kind.rawValue)/\(integration)/\(token.text)\(query)"
  }
}
