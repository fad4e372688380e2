import Belt
import DataCRM
import Leads
import StrictJSON
import Synchronization
import Testing

@testable import Sandbox

/// Deals, with the traps of a vtiger core.
@Suite(.timeLimit(.minutes(1)))
struct DataCRMDealTests {
  private func draft(
    _ name: String = "first",
    stage: String = "Nuevo",
    owner: String = "bia@acme.com.br",
    tags: [String] = [],
    contact: CRMRecord? = nil,
    fields: [FieldValue] = []
  ) -> OpportunityDraft {
    OpportunityDraft(
      marker: Identifier(derivedFrom: "deal", name),
      title: "Ana Prado",
      contact: contact,
      company: nil,
      pipeline: "Negocios",
      stage: stage,
      owner: owner,
      rating: nil,
      tags: tags,
      fields: fields,
      history: []
    )
  }

  private func made(_ draft: OpportunityDraft, _ running: RunningDataCRM) async throws -> CRMRecord
  {
    try #require(await running.crm.create([draft]).first).get()
  }

  private func state(_ record: CRMRecord, _ running: RunningDataCRM) async throws
    -> OpportunityState?
  {
    try #require(await running.crm.read([record]).first).get()
  }

  private func code(_ draft: OpportunityDraft, _ running: RunningDataCRM) async -> CRMError.Code? {
    guard case .failure(let error)? = await running.crm.create([draft]).first else { return nil }
    return error.code
  }

  @Test func `warnings in front of an answer do not hide it`() async throws {
    try await withDataCRM { running async throws in
      running.set { $0.warns = true }
      let record = try await made(draft(), running)
      #expect(try await state(record, running)?.stage == "Nuevo")
    }
  }

  @Test func `a page of HTML with 200 is no answer: a create is unknown, a look is tried again`()
    async throws
  {
    try await withDataCRM { running async throws in
      try running.set(
        faults: """
          [{"route":"POST *operation=create","kind":"status","status":200,"times":1},
           {"route":"GET *operation=retrieve","kind":"status","status":200},
           {"route":"GET *operation=query","kind":"status","status":200,"times":0}]
          """
      )
      #expect(await code(draft(), running) == .outcomeUnknown)
      guard case .failure(let error)? = await running.crm.read([CRMRecord(id: "13x1")]).first else {
        Issue.record("read")
        return
      }
      #expect(error.code == .unavailable)
    }
  }

  @Test func `a deal that a list does not show yet is not taken for gone`() async throws {
    try await withDataCRM { running async throws in
      let record = try await made(draft(), running)
      try running.set(
        faults: #"[{"route":"GET *operation=query","kind":"search_lag","milliseconds":900000}]"#
      )
      #expect(try await state(record, running)?.status == .open)
      try await running.post("screen/records/delete", ["id": .string(record.id)])
      #expect(try await state(record, running) == nil)
    }
  }

  @Test func `a deal that was deleted is neither revised nor forgotten silently`() async throws {
    try await withDataCRM { running async throws in
      let record = try await made(draft(), running)
      try await running.post("screen/records/delete", ["id": .string(record.id)])
      let revision = OpportunityRevision(
        record: record,
        fields: [FieldValue(name: "Próximo paso", value: "Llamar")],
        history: []
      )
      guard case .failure(let error)? = await running.crm.revise([revision]).first else {
        Issue.record("revised")
        return
      }
      #expect(error.reason.code == "datacrm_record_gone")
    }
  }

  @Test func `where revise is missing the whole record goes back, and nothing of it is emptied`()
    async throws
  {
    try await withDataCRM { running async throws in
      running.set {
        $0.hasRevise = false
        $0.updateEmpties = true
      }
      let record = try await made(draft(), running)
      try await running.post("screen/deals/move", ["id": .string(record.id), "stage": "Ejecucion"])
      let revision = OpportunityRevision(
        record: record,
        fields: [FieldValue(name: "nextstep", value: "Llamar")],
        history: []
      )
      _ = try await running.crm.revise([revision]).map { try $0.get() }
      let deal = try #require(running.records(of: "Potentials").first)
      #expect(deal["nextstep"] == "Llamar" && deal["sales_stage"] == "Ejecucion")
      #expect(deal["rdstationid"] == "\(draft().marker)" && deal["assigned_user_id"] == "19x7")
      #expect(try running.effects() == ["create Potentials", "update Potentials"])
    }
  }

  @Test func `an option is known by its label and stored by its value`() async throws {
    try await withDataCRM { running async throws in
      let record = try await made(draft(stage: "Cerrada-Ganada"), running)
      #expect(running.records(of: "Potentials").first?["sales_stage"] == "Closed Won")
      #expect(try await state(record, running)?.status == .won)
    }
  }

  @Test(arguments: [
    ("caio@acme.com.br", "19x8"), ("CAIO@acme.com.br", "19x8"), ("caio", "19x8"), ("19x8", "19x8"),
    ("Ventas", "20x5"), ("20x5", "20x5"),
  ])
  func `an owner is a user by address, name or id, or a group`(owner: String, id: String)
    async throws
  {
    try await withDataCRM { running async throws in
      _ = try await made(draft(owner: owner), running)
      #expect(running.records(of: "Potentials").first?["assigned_user_id"] == id)
    }
  }

  @Test func `an owner who has left is told as a matter of the settings`() async throws {
    try await withDataCRM { running async throws in
      try await running.post("studio/users", ["user": "bia", "active": false])
      #expect(await code(draft(), running) == .configuration)
      #expect(running.records(of: "Potentials").isEmpty)
    }
  }

  @Test func `a field that became required is told, and nothing is made`() async throws {
    try await withDataCRM { running async throws in
      try await running.post(
        "studio/fields",
        ["module": "Potentials", "name": "nextstep", "required": true]
      )
      #expect(await code(draft(), running) == .refused)
      #expect(running.records(of: "Potentials").isEmpty)
    }
  }

  @Test func `a marker that the login's user may not write stops the create`() async throws {
    try await withDataCRM { running async throws in
      running.set { $0.readOnly = ["Potentials.rdstationid"] }
      #expect(await code(draft(), running) == .configuration)
      #expect(running.records(of: "Potentials").isEmpty)
    }
  }

  @Test func `an amount comes back with two decimals, whatever DataCRM adds`() async throws {
    try await withDataCRM { running async throws in
      let record = try await made(draft(), running)
      #expect(try await state(record, running)?.value == nil)
      try await running.post("screen/deals/win", ["id": .string(record.id), "amount": "1234.5"])
      #expect(running.records(of: "Potentials").first?["amount"] == "1234.500")
      #expect(try await state(record, running)?.value == "1234.50")
    }
  }

  @Test func `tags and history share the description with what people write there`() async throws {
    try await withDataCRM { running async throws in
      let record = try await made(draft(tags: ["feira", "vip"]), running)
      let item = HistoryItem(kind: .conversion, identifier: "ebook", origin: "Google", at: nil)
      _ = try await running.crm.attach([OpportunityHistory(of: record, [item])])
        .map { try $0.get() }
      let text = try #require(running.records(of: "Potentials").first)["description"]
      try await running.post(
        "screen/records/change",
        ["id": .string(record.id), "values": ["description": .string("\(text)\nLlamar, mañana")]]
      )
      let change = TagChange(of: record, to: ["nueva"], read: ["vip", "feira"])
      #expect(try await running.crm.setTags([change]).map { try $0.get() } == [true])
      #expect(
        running.records(of: "Potentials").first?["description"]
          == "Etiquetas: nueva\nLlamar, mañana\n— RD Station —\n· Conversión: ebook (Google)"
      )
      #expect(try await state(record, running)?.tags == ["nueva"])
    }
  }

  @Test func `two that close in the second in which they were read are told apart from open`()
    async throws
  {
    try await withDataCRM { running async throws in
      let record = try await made(draft(), running)
      let open = try #require(try await state(record, running)).version
      running.account.state.withLock { state in
        guard var deal = state.records[record.id] else { return }
        deal.become(
          deal.values.merging(["sales_stage": "Closed Lost"]) { $1 },
          at: running.clock.now
        )
        state.records[record.id] = deal
      }
      let closed = try #require(try await state(record, running)).version
      #expect(closed > open)
    }
  }

  @Test func `who uses no module of clients still has deals, and hears of their changes`()
    async throws
  {
    try await withDataCRM { running async throws in
      running.account.state.withLock { $0.modules["Accounts"] = nil }
      let cursor = try await running.crm.changes(since: nil).next
      let record = try await made(draft(), running)
      let told = try await running.crm.changes(since: cursor).changes
      #expect(told == [CRMChange(.opportunity, record, marker: draft().marker)])
    }
  }

  @Test func `the catalogue tells stages, lists, users and groups by their names`() async throws {
    try await withDataCRM { running async throws in
      var running = running
      running.places.user = "rdstation"
      let catalogue = try #require(try await running.crm.catalogue())
      #expect(catalogue.pipelines.map(\.name) == ["Negocios"])
      #expect(catalogue.pipelines[0].stages.contains("Closed Won"))
      #expect(catalogue.users.map(\.email).contains("bia@acme.com.br"))
      #expect(catalogue.teams.map(\.name) == ["Ventas", "Soporte"])
      #expect(catalogue.defaultUser == "rdstation@acme.com.br")
      #expect(catalogue.field("Estado", of: .company).options == ["Activo", "Prospecto"])
      #expect(!catalogue.fields.contains { $0.name == "Asignado a" })
    }
  }
}
