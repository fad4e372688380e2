import ArgumentParser
import EmbeddedCRM
import Leads
import StrictJSON
import TestKit
import Testing
import Belt

@testable import Operator

@Suite struct CommandLineTests {
  struct Line: Sendable, CustomTestStringConvertible {
    let words: [String]
    var testDescription: String { words.joined(separator: " ") }
    init(_ line: String) { words = line.split(separator: " ").map(String.init) }
  }

  @Test(arguments: [
    Line("migrate"), Line("topology apply"), Line("topology verify --json"),
    Line("apply -f acme.yaml"), Line("apply --check --file -"), Line("plan -f acme.yaml --json"),
    Line("diff acme"), Line("diff acme 1"), Line("diff acme 1 3 --json"), Line("fields acme"),
    Line("settings ls acme"), Line("settings show acme --version 2"), Line("settings schema"),
    Line("hook-url acme --crm"),
    Line("hook-url acme --trigger opportunity"), Line("explain ana@example.com --integration acme"),
    Line("ledger --watch --json"), Line("dead-letters ls"), Line("dead-letters record"),
    Line("dead-letters show 00000000-0000-0001-0000-000000000002"),
    Line("dead-letters retry --all --integration acme"),
    Line("dead-letters groups --stage rd-updater"),
    Line("dead-letters retry --not-there 00000000-0000-0001-0000-000000000002"),
    Line("dead-letters ls --group rd-updater:rd_login_expired --since 2h --state discarded"),
    Line("dead-letters retry --all --dry-run"),
    Line("dead-letters retry --code rd_unavailable --until 2026-03-09T14:00:00Z --yes --pace 5"),
    Line("dead-letters discard --integration acme --reason tests"),
    Line("dead-letters discard 00000000-0000-0001-0000-000000000002 --reason tests"),
    Line(
      "dead-letters edit 00000000-0000-0001-0000-000000000002 --set leads.0.email=a@b.com --dry-run"
    ),
    Line("dead-letters edit 00000000-0000-0001-0000-000000000002 --body - --expect 0a"),
    Line("operations ls --json"), Line("operations run 00000000-0000-0001-0000-000000000002"),
    Line("operations pause 00000000-0000-0001-0000-000000000002"),
    Line("ledger --reconcile --limit 5"),
    Line("dead-letters retry 00000000-0000-0001-0000-000000000002"),
    Line("opportunity win 00000000-0000-0001-0000-000000000002 --value 1234.50"),
    Line("opportunity lose 00000000-0000-0001-0000-000000000002 --reason Preço"),
    Line("opportunity tag 00000000-0000-0001-0000-000000000002 --tags a b"),
    Line("opportunity ls --status won"), Line("doctor --http http://127.0.0.1:9090/livez"),
    Line("demo --leads 20 --seed 1 --exit-line --webhooks api"),
    Line("contact ls --standing prospect"),
    Line("contact convert ana@exemplo.com.br --to prospect --integration acme"),
    Line("contact convert 00000000-0000-0001-0000-000000000002 --to disqualified --json"),
  ])
  func `is understood`(_ line: Line) throws {
    _ = try Esteira.parseAsRoot(line.words)
  }

  @Test(arguments: [
    Line("fly"), Line("apply"), Line("plan"), Line("diff"), Line("diff acme 0"), Line("fields"),
    Line("diff acme first"), Line("settings show acme --version last"), Line("hook-url"),
    Line("hook-url acme --crm --trigger opportunity"),
    Line("hook-url acme --trigger flow2"), Line("dead-letters retry"),
    Line("dead-letters retry --not-there --all"),
    Line("dead-letters retry --not-there --group rd-updater:rd_outcome_undecidable"),
    Line("dead-letters show one"), Line("dead-letters discard --all"),
    Line("dead-letters retry --all --integration acme 00000000-0000-0001-0000-000000000002"),
    Line("dead-letters retry --yes"), Line("dead-letters retry --all --yes --dry-run"),
    Line("dead-letters retry --all --pace 0"), Line("dead-letters ls --stage console"),
    Line("dead-letters retry 00000000-0000-0001-0000-000000000002 --yes"),
    Line("dead-letters ls --since yesterday"), Line("operations run"),
    Line("dead-letters edit 00000000-0000-0001-0000-000000000002"),
    Line("dead-letters edit 00000000-0000-0001-0000-000000000002 --set email"),
    Line("dead-letters edit 00000000-0000-0001-0000-000000000002 --set a=b --body -"),
    Line("ledger --watch --reconcile"),
    Line("opportunity win 00000000-0000-0001-0000-000000000002 --value 1,50"),
    Line("opportunity move 00000000-0000-0001-0000-000000000002"),
    Line("opportunity ls --status sold"), Line("demo --leads 0"), Line("demo --webhooks flow"),
    Line("demo --leads 1 --seed -1"),
    Line("explain ana@example.com --limit 0"), Line("contact ls --standing customer"),
    Line("contact convert ana --to client"), Line("contact convert ana@exemplo.com.br"),
    Line("contact convert ana@exemplo.com.br --to lead"),
  ])
  func `is refused as wrong usage`(_ line: Line) {
    #expect(throws: (any Error).self) { try Esteira.parseAsRoot(line.words) }
  }

  @Test(arguments: [
    ("0", true), ("1234.5", true), ("1234.50", true), ("999999999999.99", true),
    ("1000000000000", false), ("1.234", false), ("1,50", false), ("-1", false), (".5", false),
    ("1.", false), ("", false), ("１", false),
  ])
  func `an amount has up to twelve digits, a dot and up to two`(_ text: String, isAmount: Bool) {
    #expect(Money.isAmount(text) == isAmount)
  }

  @Test func `the address of a hook has a token that ingress accepts`() throws {
    let secret = try #require(HookToken.Secret([UInt8](0..<32)))
    let name = try #require(IntegrationName("acme"))
    let url = HookAddress(
      publicURL: "https://hooks.example.com/",
      kind: .rd,
      integration: name,
      generation: 2,
      secret: secret
    ).url(trigger: "opportunity")
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
      flow.instructions.hasPrefix(
        "1. In RD Station Marketing, open Relacionar → Automação de Marketing → Criar Fluxo.\n2. Add "
      )
    )
    for (trigger, word) in [
      (HookTriggerOption.conversion, "Conversão"), (.opportunity, "Oportunidade"),
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

  @Test func `an announcement is the CRM's webhook, with one id for each opportunity and version`()
  {
    func announced(_ version: Int) -> [Message] {
      OpportunitySales.announcement(
        of: .init(
          integration: "acme",
          journey: Identifier(high: 1, low: 1),
          opportunity: Identifier(high: 1, low: 2),
          state: OpportunityState(
            status: .won,
            stage: "Novo",
            value: nil,
            lossReason: nil,
            tags: [],
            version: version
          )
        )
      )
    }
    #expect(announced(2).map(\.id) == announced(2).map(\.id))
    #expect(Set((announced(2) + announced(3)).map(\.id)).count == 2)
    #expect(announced(2).map(\.stage) == ["rd-updater"])
    #expect(announced(2).map(\.type) == [CRMHookReceived.type])
  }

  @Test func `a sale that makes a client announces the contact to the RD updater too`() throws {
    let sale = OpportunitySales.Changed(
      integration: "acme",
      journey: Identifier(high: 1, low: 1),
      opportunity: Identifier(high: 1, low: 2),
      state: OpportunityState(
        status: .won,
        stage: "Novo",
        value: nil,
        lossReason: nil,
        tags: [],
        version: 2
      ),
      client: .init(contact: Identifier(high: 1, low: 3), version: 4)
    )
    let messages = OpportunitySales.announcement(of: sale)
    #expect(messages.map(\.stage) == ["rd-updater", "rd-updater"])
    let told = try messages[1].body(as: ContactChanged.self)
    #expect(told == ContactChanged(contact: Identifier(high: 1, low: 3), version: 4))
    // Another sale to the same client announces the same.
    var other = sale
    other.client = .init(contact: Identifier(high: 1, low: 3), version: 5)
    #expect(OpportunitySales.announcement(of: sale)[1].id == messages[1].id)
    #expect(OpportunitySales.announcement(of: other)[1].id != messages[1].id)
  }

  @Test func `a table is as wide as its widest entry and has no space at its ends`() {
    var table = TextTable(["name", "n"], numbers: [1])
    table.add(["acme", "10"])
    table.add(["b", ""])
    #expect(table.text == "name   n\nacme  10\nb")
  }
}
