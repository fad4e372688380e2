package import Bootstrap
package import Leads
package import StrictJSON

/// The address of a hook beside the instructions for entering it (B003).
package struct HookPage: Sendable, Hashable {
  package let url: String
  package let steps: [String]

  init(url: String, kind: HookToken.Kind, trigger: HookAddress.Trigger?) {
    self.url = url
    switch (kind, trigger) {
    case (.crm, _):
      steps = [
        "In the CRM, create a webhook for opportunities that were updated, won and lost.",
        "Give it this address. Its name does not matter.",
      ]
    case (.rd, let trigger?):
      let word = trigger == .conversion ? "Conversão" : "Oportunidade"
      steps = [
        "In RD Station Marketing, open Integrações → Webhooks and create a webhook.",
        "Give it this address and the trigger \(word). Its name does not matter.",
      ]
    case (.rd, nil):
      steps = [
        "In RD Station Marketing, open Relacionar → Automação de Marketing → Criar Fluxo.",
        "Add the action Enviar leads para integração, give it this address, and activate the flow.",
        "For a webhook (Integrações → Webhooks) use the address of --trigger conversion or "
          + "--trigger opportunity instead: RD Station's webhooks do not tell why they call.",
      ]
    }
  }
}

extension HookPage: JSONForm {
  package var json: JSON { ["url": .string(url), "instructions": .array(steps.map(JSON.string))] }
}

extension SettingsVersions {
  /// The address of an integration's hook, which is a secret, with where to enter it.
  ///
  /// - Throws: ``Refusal`` when there is no such integration.
  package func hookPage(
    of integration: String,
    _ kind: HookToken.Kind,
    trigger: HookAddress.Trigger? = nil,
    by fleet: FleetSettings
  ) async throws -> HookPage {
    let address = try await hookAddress(of: integration, kind, by: fleet)
    return HookPage(url: address.url(trigger: trigger), kind: kind, trigger: trigger)
  }

  /// - Throws: ``Refusal`` when there is no such integration.
  package func hookAddress(
    of integration: String,
    _ kind: HookToken.Kind,
    by fleet: FleetSettings
  ) async throws -> HookAddress {
    guard let name = IntegrationName(integration), let current = try await current(integration)
    else { throw try await refusal(ofUnknown: integration) }
    return HookAddress(
      publicURL: fleet.publicURL,
      kind: kind,
      integration: name,
      generation: current.hookGeneration,
      secret: fleet.hookSecret
    )
  }
}
