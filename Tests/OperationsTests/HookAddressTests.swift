import Leads
import StrictJSON
import TestKit
import Testing

@testable import Operations

@Suite struct HookAddressTests {
  @Test func `the address of a hook has a token that ingress accepts`() throws {
    let secret = try #require(HookToken.Secret([UInt8](0..<32)))
    let name = try #require(IntegrationName("acme"))
    let url = HookAddress(
      publicURL: "https://hooks.example.com/",
      kind: .rd,
      integration: name,
      generation: 2,
      secret: secret
    ).url(trigger: .opportunity)
    let prefix = "https://hooks.example.com/v1/hooks/rd/acme/"
    #expect(url.hasPrefix(prefix + "2."))
    #expect(url.hasSuffix("?trigger=opportunity"))
    let token = url.dropFirst(prefix.count).dropLast("?trigger=opportunity".count)
    #expect(HookToken.isValid(token, .rd, of: name, generation: 2, secret: secret))
  }

  @Test(.behaviour("B003")) func `the address stands beside the steps for entering it`() {
    let url = "https://hooks.example.com/v1/hooks/rd/acme/2.abc"
    let flow = HookPage(url: url, kind: .rd, trigger: nil)
    #expect(flow.url == url)
    #expect(
      flow.steps.first
        == "In RD Station Marketing, open Relacionar → Automação de Marketing → Criar Fluxo."
    )
    #expect(flow.steps.count == 3)
    for (trigger, word) in [
      (HookAddress.Trigger.conversion, "Conversão"), (.opportunity, "Oportunidade"),
    ] {
      let page = HookPage(url: url, kind: .rd, trigger: trigger)
      #expect(page.steps.first?.contains("Integrações → Webhooks") == true)
      #expect(page.steps.last?.contains("this address and the trigger \(word)") == true)
    }
    let crm = HookPage(url: url, kind: .crm, trigger: nil)
    #expect(crm.steps.first?.hasPrefix("In the CRM, create a webhook") == true)
    #expect(crm.json["url"]?.string == url)
    #expect(crm.json["instructions"]?.array?.compactMap(\.string) == crm.steps)
  }
}
