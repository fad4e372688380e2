import Belt
import Leads
import NIOHTTP1
import OutsideCalls
import StrictJSON
import Testing

@testable import RDStationCRM
@testable import Sandbox

/// The traps of v1, by the reference's sections, as the adapter meets them.
@Suite(.timeLimit(.minutes(2)))
struct TrapTests {
  @Test func `a new deal makes no contact, and is linked to the one that is there (2_3, 2_6)`()
    async throws
  {
    try await withCRM { running async throws in
      let crm = running.crm(.v1)
      let ana = try await crm.put([.person("ana@exemplo.com.br")])[0].get()
      let first = try await crm.create([.draft("one", contact: ana)])[0].get()
      let second = try await crm.create([.draft("two", contact: ana)])[0].get()
      #expect(running.read(\.contacts.count) == 1)
      // The whole list of a contact's deals is written, and none is lost.
      for deal in [first, second] {
        #expect(running.read { $0.deals[deal.id]?.contactIDs } == [ana.id])
      }
    }
  }

  @Test
  func `a create whose link failed is told as unknown, is found, and is linked with its history`()
    async throws
  {
    try await withCRM { running async throws in
      let crm = running.crm(.v1)
      let ana = try await crm.put([.person("ana@exemplo.com.br")])[0].get()
      running.set(faults: [
        ["route": "PUT *contacts*", "kind": "status", "status": 503, "times": 1]
      ])
      let result = await crm.create([.draft("one", contact: ana)])[0]
      #expect(result.failureCode == .outcomeUnknown)
      let deal = try #require(try await crm.find(markers: [.marker("one")])[0].get())
      let history = OpportunityHistory(of: deal, [], contact: ana)
      for _ in 0..<2 { try await crm.attach([history])[0].get() }
      #expect(running.read { $0.deals[deal.id]?.contactIDs } == [ana.id])
    }
  }

  @Test func `the stage of a new deal decides its pipeline`() async throws {
    try await withCRM { running async throws in
      var draft = OpportunityDraft.draft("one")
      draft.pipeline = "Pós-venda"
      draft.stage = "Renovação"
      let deal = try await running.crm(.v1).create([draft])[0].get()
      let shown = try await running.json(.GET, "/deals/\(deal.id)")
      #expect(shown["deal_pipeline"]?["name"] == "Pós-venda")
      draft.stage = "Novo"
      let refused = await running.crm(.v1).create([draft])[0]
      #expect(refused.failureCode == .configuration)
    }
  }

  @Test func `a value is one product line, and sellers' lines stay (2_5)`() async throws {
    try await withCRM { running async throws in
      let crm = running.crm(.v1)
      var draft = OpportunityDraft.draft("one")
      draft.fields = [FieldValue(name: "Valor", value: "1234.50")]
      let deal = try await crm.create([draft])[0].get()
      #expect(try await crm.read([deal])[0].get()?.value == "1234.50")
      running.change { $0.deals[deal.id]?.lines = [] }
      for value in ["100", "250.25"] {
        let field = FieldValue(name: "Valor", value: value)
        let revision = OpportunityRevision(record: deal, fields: [field], history: [])
        try await crm.revise([revision])[0].get()
      }
      #expect(try await crm.read([deal])[0].get()?.value == "250.25")
      #expect(running.read { $0.deals[deal.id]?.lines.count } == 1)
    }
  }

  @Test func `a copy that a won deal makes has its name, and is not taken for it (6_1)`()
    async throws
  {
    try await withCRM { running async throws in
      let crm = running.crm(.v1)
      running.change { $0.pipelines[0].copiesTo = $0.pipelines[1].id }
      let deal = try await crm.create([.draft("one")])[0].get()
      try running.simulator.perform(.win(deal: deal.id, value: "10.00"), in: running.account)
      #expect(running.read(\.deals.count) == 2)
      #expect(try await crm.find(markers: [.marker("one")])[0].get() == deal)
    }
  }

  @Test func `of two contacts with one address the one with an open deal is found, else the older`()
    async throws
  {
    try await withCRM { running async throws in
      let crm = running.crm(.v1)
      let add = RDCRMAct.addContact(name: "Ana", email: "ana@exemplo.com.br", phone: nil)
      let older = try running.simulator.perform(add, in: running.account)
      let newer = try running.simulator.perform(add, in: running.account)
      let query = RecordQuery(.contact, keys: [MatchKey(.email, "ana@exemplo.com.br")])
      #expect(try await crm.find([query])[0].get()?.id == older)
      let deal = try await crm.create([.draft("one", contact: CRMRecord(id: newer))])[0].get()
      #expect(try await crm.find([query])[0].get()?.id == newer)
      try running.simulator.perform(.lose(deal: deal.id, reason: "Preço"), in: running.account)
      #expect(try await crm.find([query])[0].get()?.id == older)
    }
  }

  @Test
  func `a company is found by its name without accents and form, and none is made twice (4_3)`()
    async throws
  {
    try await withCRM { running async throws in
      let crm = running.crm(.v1)
      let known = try running.simulator.perform(
        .addOrganization(name: "Marcenaria Ipê Ltda."),
        in: running.account
      )
      let found = try await crm.put([.company("MARCENARIA IPE")])[0].get()
      #expect(found.id == known)
      #expect(running.read(\.organizations.count) == 1)
    }
  }

  @Test func `a required field that is empty is a matter of the settings, also for a tag (2_4)`()
    async throws
  {
    try await withCRM { running async throws in
      let crm = running.crm(.v1)
      let deal = try await crm.create([.draft("one")])[0].get()
      let act = RDCRMAct.require(field: "origem", stage: nil)
      try running.simulator.perform(act, in: running.account)
      #expect(await crm.create([.draft("two")])[0].failureCode == .configuration)
      #expect(running.read(\.deals.count) == 1)
      let tags = TagChange(of: deal, to: ["vip"], read: ["feira"])
      guard case .failure(let error) = await crm.setTags([tags])[0] else {
        Issue.record("tags were set")
        return
      }
      #expect(error.code == .configuration)
    }
  }

  @Test func `a date goes out as the vendor takes it (1_3)`() async throws {
    try await withCRM { running async throws in
      var draft = OpportunityDraft.draft("one")
      draft.fields = [FieldValue(name: "Visita em", value: "2026-12-24")]
      let deal = try await running.crm(.v1).create([draft])[0].get()
      let values = running.read { $0.deals[deal.id]?.fields.values.map(\.self) ?? [] }
      #expect(values.contains("24/12/2026"))
    }
  }

  @Test func `a name of one letter is filled up, since the vendor refuses it (1_3)`() async throws {
    try await withCRM { running async throws in
      var person = RecordDraft.person("a@exemplo.com.br")
      person.name = "A"
      let record = try await running.crm(.v1).put([person])[0].get()
      #expect(running.read { $0.contacts[record.id]?.name } == "Lead A")
    }
  }

  @Test func `a repeated put loses no address or number, and writes nothing where nothing is new`()
    async throws
  {
    try await withCRM { running async throws in
      let crm = running.crm(.v1)
      var person = RecordDraft.person("ana@exemplo.com.br")
      person.phone = "+55 11 98765-4321"
      let record = try await crm.put([person])[0].get()
      _ = try await crm.put([person])[0].get()
      person.record = record
      person.email = "ana.prado@exemplo.com.br"
      _ = try await crm.put([person])[0].get()
      let held = try #require(running.read { $0.contacts[record.id] })
      #expect(held.emails == ["ana@exemplo.com.br", "ana.prado@exemplo.com.br"])
      #expect(held.phones.map(\.number) == ["+55 11 98765-4321"])
      #expect(try running.effects() == ["contact.create", "contact.update"])
    }
  }

  @Test func `source and campaign are found by their exact names, or made once`() async throws {
    try await withCRM { running async throws in
      let crm = running.crm(.v1)
      for name in ["one", "two"] {
        var draft = OpportunityDraft.draft(name)
        draft.fields = [
          FieldValue(name: "Fonte", value: "Indicação"),
          FieldValue(name: "Campanha", value: "Lançamento 2"),
        ]
        _ = try await crm.create([draft])[0].get()
      }
      #expect(running.read(\.sources.count) == 2)
      #expect(running.read { $0.campaigns.map(\.name) } == ["Lançamento", "Lançamento 2"])
    }
  }

  @Test func `a page of HTML in answer to a change is no success (1_7)`() async throws {
    try await withCRM { running async throws in
      let crm = running.crm(.v1)
      let deal = try await crm.create([.draft("one")])[0].get()
      running.set(faults: [["route": "PUT *deals/*", "kind": "status", "status": 200, "times": 1]])
      let field = FieldValue(name: "origem", value: "feira")
      let revision = OpportunityRevision(record: deal, fields: [field], history: [])
      guard case .failure(let error) = await crm.revise([revision])[0] else {
        Issue.record("a page passed for a change")
        return
      }
      #expect(error.code == .unavailable)
    }
  }

  @Test(arguments: APIVersion.allCases)
  func `a 404 of something before the CRM says nothing of a record`(version: APIVersion)
    async throws
  {
    try await withCRM { running async throws in
      let crm = running.crm(version)
      running.server.faults.replace(with: [], seed: 1)
      let lost = running.crm(version, at: "\(running.root)/nowhere")
      #expect(await lost.read([CRMRecord(id: "66a0")])[0].readCode == .unavailable)
      #expect(try await crm.read([CRMRecord(id: "66a0")])[0].get() == nil)
    }
  }
}
