import Leads
import StrictJSON
import Testing

@testable import LabBooks

/// What is counted as duplicated stands in a simulator's own ledger, and must be able to be seen there.
@Suite struct CRMHoldingsTests {
  private static func book(
    _ screens: any CRMScreens,
    ledger: [JSON],
    pages: [JSON]
  ) -> SimulatedBook {
    let paths = screens.pages(of: "acme")
    return SimulatedBook(screens, account: "acme", after: 7) { _, path, _ in
      guard let place = paths.firstIndex(of: path) else {
        #expect(path == "/ledger?after=7")
        return Array(ledger.map { $0.encoded + [UInt8(ascii: "\n")] }.joined())
      }
      return pages[place].encoded
    }
  }

  private static func line(_ system: String, _ effect: String, _ id: String) -> JSON {
    [
      "system": .string(system), "account": "acme", "effect": .string(effect),
      "identifier": .string(id), "status": "done",
    ]
  }

  private static let shown: JSON = [
    "deals": [
      [
        "id": "d1", "email": "Ana@exemplo.com.br", "pipeline": "Vendas", "stage": "Novo",
        "tags": ["feira"],
      ],
      ["id": "d2", "email": "ana@exemplo.com.br", "pipeline": "Vendas", "stage": "Novo"],
      ["id": "of-others", "email": "caio@exemplo.com.br", "pipeline": "Vendas", "stage": "Novo"],
    ],
    "contacts": [
      ["id": "c1", "email": "ana@exemplo.com.br"], ["id": "c2", "email": "ANA@exemplo.com.br"],
    ],
    "organizations": [["id": "o1", "name": "Prado Metais"]],
  ]

  @Test func `a second deal, contact or company is seen in RD Station CRM's ledger`() async throws {
    let screens = RDStationCRMScreens()
    let ledger = [
      Self.line("rdcrm", "deal.create", "d1"), Self.line("rdcrm", "deal.create", "d2"),
      Self.line("rdcrm", "contact.create", "c1"), Self.line("rdcrm", "contact.create", "c2"),
      Self.line("rdcrm", "organization.create", "o1"), Self.line("rdcrm", "deal.update", "d1"),
      Self.line("totvs", "deal.create", "d1"),
    ]
    let holdings = try await Self.book(screens, ledger: ledger, pages: [Self.shown]).holdings()
    #expect(holdings.deals == [.init(email: "ana@exemplo.com.br", pipeline: "Vendas"): 2])
    #expect(
      holdings.parties == [
        .init(.contact, "ana@exemplo.com.br"): 2, .init(.company, "Prado Metais"): 1,
      ]
    )
    #expect(holdings.vanished == 0)
    #expect(holdings.opportunities.first?.tags == ["feira"])
  }

  @Test func `a record that was made and is not shown has vanished`() async throws {
    let ledger = [Self.line("rdcrm", "deal.create", "gone")]
    let book = Self.book(RDStationCRMScreens(), ledger: ledger, pages: [Self.shown])
    #expect(try await book.holdings().vanished == 1)
  }

  @Test func `TOTVS CRM's leads and opportunities are read with the names of their places`() throws
  {
    let screens = TOTVSScreens()
    let shown = screens.shown([
      [
        [
          "id": "o1", "leadId": "l1", "pipelineId": "p1", "stageId": "s1",
          "customFields": ["tagsRD": "feira, vip"],
        ]
      ],
      [["id": "l1", "name": "Ana", "emails": [["email": "ANA@exemplo.com.br"]]]],
      [["id": "p1", "description": "Vendas"]], [["id": "s1", "description": "Novo"]],
    ])
    let opportunity = try #require(shown.opportunities["o1"])
    #expect(opportunity.email == "ana@exemplo.com.br")
    #expect(opportunity.pipeline == "Vendas")
    #expect(opportunity.tags == ["feira", "vip"])
    #expect(shown.parties["l1"] == .init(.contact, "ana@exemplo.com.br"))
    let made: JSON = ["effect": "lead", "status": "created", "contact": "l1"]
    #expect(screens.made(made) == MadeRecord(.contact, id: "l1"))
    let updated: JSON = ["effect": "lead", "status": "updated", "contact": "l1"]
    #expect(screens.made(updated) == nil)
  }

  @Test func `two clients of DataCRM with one NIT are one too many, two of one name are two`()
    throws
  {
    let screens = DataCRMScreens()
    let shown = screens.shown([
      [
        [
          "id": "13x1", "contact_id": "12x1", "sales_stage": "Nuevo",
          "description": "Etiquetas: feria, vip\nllamar",
        ]
      ],
      [["id": "12x1", "email": "ana@ejemplo.com.co"]],
      [
        ["id": "11x1", "accountname": "Ospina", "siccode": "900123"],
        ["id": "11x2", "accountname": "Ospina", "siccode": "900123"],
        ["id": "11x3", "accountname": "Ospina", "siccode": ""],
      ],
    ])
    #expect(shown.opportunities["13x1"]?.tags == ["feria", "vip"])
    #expect(shown.parties["11x1"] == shown.parties["11x2"])
    #expect(shown.parties["11x3"] != shown.parties["11x1"])
  }

  @Test func `each of the outside CRMs has screens, ours has none`() {
    for kind in CRMKind.allCases { #expect((kind.screens == nil) == kind.traits.isColocated) }
  }
}
