import Belt
import Leads
import StrictJSON
import TestKit
import Testing

@testable import Sandbox
@testable import TOTVSCRM

/// The traps of totvs-crm.md, by name.
@Suite(.timeLimit(.minutes(1)))
struct TOTVSTrapTests {
  private static let ana = RecordDraft(
    .contact,
    id: .named("ana prado"),
    name: "Ana Prado",
    email: "ana@exemplo.com.br",
    keys: [MatchKey(.rdUUID, "rd-1"), MatchKey(.email, "ana@exemplo.com.br")],
    owner: "ana@acme.com.br"
  )

  private func put(_ running: RunningTenant) async throws -> CRMRecord {
    try await put(Self.ana, running)
  }

  private func put(_ draft: RecordDraft, _ running: RunningTenant) async throws -> CRMRecord {
    try #require(await running.crm.put([draft]).first).get()
  }

  private func create(_ draft: OpportunityDraft, _ running: RunningTenant) async throws -> CRMRecord
  {
    try #require(await running.crm.create([draft]).first).get()
  }

  private static let deal = OpportunityDraft.sample {
    $0.contact = nil
    $0.owner = "ana@acme.com.br"
    $0.tags = ["feira"]
  }

  @Test func `what a person added to a lead stays when the lead comes again`() async throws {
    try await withTenant { running async throws in
      let record = try await put(running)
      try running.simulator.act(.rename("Ana P."), on: record.id, of: .leads, in: running.tenant)
      #expect(try await put(running) == record)
      let row = try #require(running.records(.leads).first)
      #expect(row["name"] == "Ana P." && row["emails"]?.array?.count == 1)
      #expect(row["professionalId"] != nil)
    }
  }

  @Test func `a lead that a person entered gets RD's id and nothing else, once`() async throws {
    try await withTenant { running async throws in
      let entered = running.simulator.enterLead(
        "Ana",
        email: "ANA@exemplo.com.br",
        in: running.tenant
      )
      for _ in 0..<2 { #expect(try await put(running).id == entered.record["id"]?.string) }
      let row = try #require(running.records(.leads).first)
      #expect(row["name"] == "Ana" && row.at("customFields.rdStationId") == "rd-1")
      #expect(row["version"] == 2 && row["professionalId"] == nil)
    }
  }

  @Test func `an id of RD that the CRM keeps is never replaced`() async throws {
    try await withTenant { running async throws in
      let record = try await put(running)
      var other = Self.ana
      other.id = .named("somebody else")
      other.keys[0] = MatchKey(.rdUUID, "rd-2")
      #expect(try await put(other, running) == record)
      #expect(running.records(.leads).first?.at("customFields.rdStationId") == "rd-1")
    }
  }

  @Test
  func `of several leads with one address the oldest counts, though lists begin with the newest`()
    async throws
  {
    try await withTenant { running async throws in
      let oldest = running.simulator.enterLead("1", email: "ana@exemplo.com.br", in: running.tenant)
      running.simulator.enterLead("2", email: "ana@exemplo.com.br", in: running.tenant)
      #expect(try await put(running).id == oldest.record["id"]?.string)
    }
  }

  @Test(arguments: [false, true])
  func `both forms of a list and of a create's status are understood`(isNew: Bool) async throws {
    try await withTenant { running async throws in
      try running.set(["answers_items": .bool(isNew), "answers_created": .bool(isNew)])
      let record = try await put(running)
      #expect(try await put(running) == record)
    }
  }

  @Test func `a table that was cut is no proof that something is missing`() async throws {
    try await withTenant { running async throws in
      try running.set(["answers_items": true, "rows_max": 1])
      let error = await #expect(throws: CRMError.self) { try await create(Self.deal, running) }
      #expect(error?.reason.code == "totvs_table_cut")
      #expect(running.records(.opportunities).isEmpty)
    }
  }

  @Test func `an address outside ASCII is not put into a header, and the lead is made`()
    async throws
  {
    try await withTenant { running async throws in
      var jose = Self.ana
      jose.email = "josé@exemplo.com.br"
      jose.keys = [MatchKey(.email, "josé@exemplo.com.br")]
      let record = try await put(jose, running)
      #expect(try await put(jose, running) == record)
      #expect(running.records(.leads).count == 1)
    }
  }

  @Test func `a conflict at a create is no new record where the first one is there`() async throws {
    try await withTenant { running async throws in
      let record = try await create(Self.deal, running)
      try running.set(
        faults:
          #"[{"route":"POST *opportunities-integration/create","kind":"status","status":409}]"#
      )
      #expect(try await create(Self.deal, running) == record)
      var other = Self.deal
      other.marker = .named("other")
      let error = await #expect(throws: CRMError.self) { try await create(other, running) }
      #expect(error?.code == .unavailable)
    }
  }

  @Test func `tags are not written over a change that came between the read and the write`()
    async throws
  {
    try await withTenant { running async throws in
      let record = try await create(Self.deal, running)
      try running.set(
        faults:
          #"[{"route":"POST *opportunities-integration/update","kind":"status","status":409,"times":1}]"#
      )
      let change = TagChange(of: record, to: ["vip"], read: ["feira"])
      #expect(try await running.crm.setTags([change]).map { try $0.get() } == [false])
      #expect(try await running.crm.setTags([change]).map { try $0.get() } == [true])
    }
  }

  @Test func `without a field for them tags stay out, and are told as a matter of the settings`()
    async throws
  {
    try await withTenant(tagField: nil) { running async throws in
      let record = try await create(Self.deal, running)
      #expect(running.records(.opportunities).first?["customFields"] == nil)
      let change = TagChange(of: record, to: ["vip"], read: [])
      let error = await #expect(throws: CRMError.self) {
        try await running.crm.setTags([change]).forEach { _ = try $0.get() }
      }
      #expect(error?.code == .configuration)
    }
  }

  @Test func `a tenant without the field for it shows no history, and nothing fails`() async throws
  {
    try await withTenant { running async throws in
      let record = try await create(Self.deal, running)
      #expect(running.setUp("remove_field", .string(OwnField.history)))
      let item = HistoryItem(kind: .conversion, identifier: "ebook", origin: nil, at: nil)
      let history = OpportunityHistory(of: record, [item])
      #expect(try await running.crm.attach([history]).map { try $0.get() }.count == 1)
      #expect(running.records(.opportunities).first?["version"] == 1)
    }
  }

  @Test func `a record that the user may not see is not told as changed`() async throws {
    try await withTenant { running async throws in
      let record = try await create(Self.deal, running)
      try running.simulator.act(.hide(true), on: record.id, of: .opportunities, in: running.tenant)
      #expect(try await running.crm.read([record]).map { try $0.get() } == [nil])
    }
  }

  @Test func `a field that became required is told as a matter of the settings`() async throws {
    try await withTenant { running async throws in
      #expect(running.setUp("require_field", "origem"))
      let error = await #expect(throws: CRMError.self) { try await create(Self.deal, running) }
      #expect(error?.code == .configuration)
      #expect(error?.reason.sentence.contains("customFields.origem") == true)
    }
  }

  @Test(arguments: [
    ("remove_row", "totvs_crm_pipeline"), ("strip_user", "totvs_crm_default_user"),
  ])
  func `the catalogue names the variables that the tenant does not have`(
    act: String,
    variable: String
  ) async throws {
    try await withTenant { running async throws in
      let catalogue = try #require(try await running.crm.catalogue())
      #expect(catalogue.pipelines.map(\.name).contains("Vendas"))
      #expect(
        catalogue.users.map(\.email) == [
          "vendas@acme.com.br", "ana@acme.com.br", "bia@acme.com.br",
        ]
      )
      #expect(catalogue.field("segmento", of: .opportunity).options == ["Varejo", "Indústria"])
      #expect(catalogue.fields.contains { $0.name == "Cargo" && $0.record == .contact })
      let value: JSON =
        act == "strip_user"
        ? "bia@acme.com.br" : ["pipelines", "MQL - Marketing Qualified Lead"]
      #expect(running.setUp(act, value))
      let error = await #expect(throws: CRMError.self) { try await running.crm.catalogue() }
      #expect(error?.code == .configuration)
      #expect(error?.reason.sentence.contains(variable) == true)
    }
  }

  @Test func `a company is a name in the lead, and makes no customer of the ERP`() async throws {
    try await withTenant { running async throws in
      let company = RecordDraft(.company, id: .named("acme"), name: "ACME Ltda")
      let records = try await running.crm.put([company, Self.ana]).map { try $0.get() }
      var lead = Self.ana
      lead.id = .named("another")
      lead.keys = []
      lead.email = nil
      lead.company = records[0]
      _ = try await put(lead, running)
      #expect(running.records(.leads).last?["tradingName"] == "ACME Ltda")
      #expect(running.records(.customers).isEmpty)
      var mapped = company
      mapped.fields = [FieldValue(name: "Porte", value: "Grande")]
      let error = await #expect(throws: CRMError.self) {
        try await running.crm.put([mapped]).forEach { _ = try $0.get() }
      }
      #expect(error?.code == .configuration)
    }
  }
}
