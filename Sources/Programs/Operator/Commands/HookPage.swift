import Leads
import StrictJSON

/// The address of a hook beside the instructions for entering it (B003).
struct HookPage {
  let url: String
  let steps: [String]

  init(url: String, kind: HookToken.Kind, trigger: HookTriggerOption?) {
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

  /// Numbered, one a line.
  var instructions: String {
    steps.enumerated().map { "\($0.offset + 1). \($0.element)" }.joined(separator: "\n")
  }

  var json: JSON { ["url": .string(url), "instructions": .array(steps.map(JSON.string))] }
}
