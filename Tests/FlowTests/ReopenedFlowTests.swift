import EmbeddedCRM
import BeltStorage
import Leads
import Postgres
import RDStation
import StrictJSON
import TestKit
import Testing
import Belt

@testable import Sandbox

/// What an earlier outcome of an opportunity left at RD Station.
@Suite(.timeLimit(.minutes(2)))
struct ReopenedFlowTests {
  private static let email = RDContactID.email("pessoa1@exemplo.com.br")

  private func settings() -> Settings {
    .flow("acme") { $0.lossReasonField = "Motivo de perda no CRM" }
  }

  private func announcement(_ changed: SalesDesk.Changed) -> [Message] {
    let body = OpportunityChanged(
      opportunity: changed.opportunity,
      version: changed.state.version
    )
    let ofOpportunity = message(OpportunityChanged.type, body.json, changed.opportunity)
    let ofClient = changed.client.map { client in
      let body = ContactChanged(contact: client.contact, version: client.version)
      return message(ContactChanged.type, body.json, client.contact)
    }
    return [ofOpportunity] + [ofClient].compactMap(\.self)
  }

  private func message(_ type: String, _ body: JSON, _ journey: Identifier) -> Message {
    Message(
      id: Identifier(derivedFrom: type, body.text),
      type: type,
      stage: Flow.rdUpdater.stage,
      integration: "acme",
      journey: journey,
      body: body.encoded
    )
  }

  /// One lead with its opportunity, told.
  private func opportunity(_ belt: Belt) async throws -> Identifier {
    var webhooks = Webhooks()
    try await belt.client.updateContact(Self.email, fields: ["name": "Pessoa 1"], for: "acme")
    let contact = try await belt.client.contact(Self.email, for: "acme")
    try await belt.run([webhooks.conversion(1, uuid: contact?.uuid)])
    let row = try #require(
      try await belt.pool.run(
        "select marker from embedded_opportunity order by created_at desc limit 1"
      ).first
    )
    return try row.identifier(0)
  }

  private func act(_ belt: Belt, _ action: SalesDesk.Action, on id: Identifier) async throws
    -> [Message]
  {
    announcement(try #require(try await belt.desk.act(action, on: id, in: "acme")))
  }

  private func isMarked(_ belt: Belt) async throws -> Bool? {
    try await belt.client.funnel(of: Self.email, for: "acme")?.opportunity
  }

  private func lossReason(_ belt: Belt) async throws -> JSON? {
    let answer = try await belt.get(
      "/platform/contacts/email:pessoa1@exemplo.com.br",
      token: try await belt.token()
    )
    let value = answer["cf_motivo_de_perda_no_crm"]
    return value == .null ? nil : value
  }

  private func stagesOfClient(_ belt: Belt) throws -> Int {
    try belt.ledger("funnel").filter { $0["value"]?["lifecycle_stage"] == "Client" }.count
  }

  private func reasonWrites(_ belt: Belt) throws -> Int {
    try belt.ledger("contact").filter { line in
      line["value"]?.array?.contains("cf_motivo_de_perda_no_crm") == true
    }.count
  }

  @Test func `lost, reopened and won leaves a client with his mark and no loss reason`()
    async throws
  {
    try await withBelt { belt in
      try await belt.apply(settings())
      let id = try await opportunity(belt)
      try await belt.run(try await act(belt, .lose(reason: "Preço"), on: id), deliveries: 2)
      #expect(try await isMarked(belt) == false)
      #expect(try await lossReason(belt) == "Preço")
      try await belt.run(try await act(belt, .move(stage: "Proposta"), on: id), deliveries: 2)
      #expect(try await isMarked(belt) == true)
      #expect(try await lossReason(belt) == nil)
      try await belt.run(try await act(belt, .win(value: "10"), on: id), deliveries: 2)
      #expect(try await isMarked(belt) == true)
      #expect(try await lossReason(belt) == nil)
      #expect(try belt.ledger("lost").count == 1)
      #expect(try belt.ledger("opportunity").count == 2, "at creation and at reopening")
      #expect(try belt.ledger("sale").count == 1)
      #expect(try stagesOfClient(belt) == 1)
      #expect(try reasonWrites(belt) == 2, "written once and emptied once")
      #expect(try await belt.count("select count(*) from effect where state <> 'confirmed'") == 0)
    }
  }

  @Test func `won right after a loss, the reason is emptied and the mark is back`() async throws {
    try await withBelt { belt in
      try await belt.apply(settings())
      let id = try await opportunity(belt)
      try await belt.run(try await act(belt, .lose(reason: "Preço"), on: id))
      // The reopening is only seen as what came of it.
      let reopened = try await act(belt, .move(stage: "Proposta"), on: id)
      let won = try await act(belt, .win(value: "10"), on: id)
      try await belt.run(reopened + won)
      #expect(try await isMarked(belt) == true)
      #expect(try await lossReason(belt) == nil)
      #expect(try belt.ledger("sale").count == 1)
      #expect(try stagesOfClient(belt) == 1)
    }
  }

  @Test func `a sale empties the reason that another opportunity's loss left`() async throws {
    try await withBelt { belt in
      try await belt.apply(settings())
      let lost = try await opportunity(belt)
      try await belt.run(try await act(belt, .lose(reason: "Preço"), on: lost))
      var webhooks = Webhooks(seed: 2)
      let contact = try await belt.client.contact(Self.email, for: "acme")
      try await belt.run([webhooks.conversion(1, minute: 5, uuid: contact?.uuid)])
      let row = try #require(
        try await belt.pool.run("select marker from embedded_opportunity where status = 'open'")
          .first
      )
      #expect(try await lossReason(belt) == "Preço")
      try await belt.run(try await act(belt, .win(value: "10"), on: try row.identifier(0)))
      #expect(try await lossReason(belt) == nil)
    }
  }

  @Test func `each sale tells the stage Client, and a contact that people convert does too`()
    async throws
  {
    try await withBelt { belt in
      try await belt.apply(settings())
      let first = try await opportunity(belt)
      let won = try await act(belt, .win(value: "10"), on: first)
      // In whichever order they are handled.
      try await belt.run(won.reversed())
      #expect(try stagesOfClient(belt) == 1)
      var webhooks = Webhooks(seed: 2)
      let contact = try await belt.client.contact(Self.email, for: "acme")
      try await belt.run([webhooks.conversion(1, minute: 5, uuid: contact?.uuid)])
      let row = try #require(
        try await belt.pool.run("select marker from embedded_opportunity where status = 'open'")
          .first
      )
      try await belt.run(try await act(belt, .win(value: "20"), on: try row.identifier(0)))
      #expect(try stagesOfClient(belt) == 2)
      let desk = ContactDesk(pool: belt.pool)
      let id = try #require(try await belt.pool.run("select id from contact").first).identifier(0)
      for standing in [ContactStanding.disqualified, .client] {
        let changed = try #require(try await desk.convert(id, to: standing, in: "acme"))
        let body = ContactChanged(contact: changed.id, version: changed.version)
        try await belt.run([message(ContactChanged.type, body.json, changed.id)])
      }
      #expect(try stagesOfClient(belt) == 3)
    }
  }

  @Test func `a reopening waits for a loss whose outcome is not known`() async throws {
    try await withBelt { belt in
      try await belt.apply(settings())
      let id = try await opportunity(belt)
      let fault = try #require(
        Fault([
          "route": "POST /platform/events*", "kind": "rate_limit_1", "percent": 100, "times": 1,
        ])
      )
      belt.sandbox.faults.replace(with: [fault], seed: 1)
      let lost = try await act(belt, .lose(reason: "Preço"), on: id)
      #expect(try await belt.run(lost).waiting.map(\.reason.code) == ["rd_rate_limited"])
      let reopened = try await act(belt, .move(stage: "Proposta"), on: id)
      #expect(try await belt.run(reopened).waiting.map(\.reason.code) == ["earlier_change_first"])
      #expect(try belt.ledger("lost").isEmpty)
      #expect(try await belt.run(lost).waiting.isEmpty)
      #expect(try await belt.run(reopened).waiting.isEmpty)
      #expect(try await isMarked(belt) == true)
      #expect(try await lossReason(belt) == nil)
    }
  }

  @Test func `a loss that was given up and is sent again late writes no reason on an open lead`()
    async throws
  {
    try await withBelt { belt in
      try await belt.apply(settings())
      let id = try await opportunity(belt)
      let fault = try #require(
        Fault([
          "route": "PATCH /platform/contacts/*", "kind": "status", "status": 503, "percent": 100,
        ])
      )
      belt.sandbox.faults.replace(with: [fault], seed: 1)
      let lost = try await act(belt, .lose(reason: "Preço"), on: id)
      #expect(try await belt.run(lost).waiting.count == 1)
      belt.sandbox.faults.replace(with: [], seed: 1)
      let given = try #require(lost.first)
      try await belt.pool.run(
        """
        insert into dead_letter (integration_id, id, stage, type, journey_id, code, sentence,
          fingerprint, attempts, first_at, last_at, body, envelope)
        values ('acme', \(given.id), \(given.stage), \(given.type), \(given.journey), 'x', 'x', 'x',
          8, now(), now(), ''::bytea, '{}')
        """
      )
      try await belt.run(try await act(belt, .move(stage: "Proposta"), on: id))
      try await belt.run([given])
      #expect(try await lossReason(belt) == nil)
      #expect(try await isMarked(belt) == true)
    }
  }

  @Test func `the mark of a reopening comes back as our own too`() async throws {
    try await withBelt { belt in
      try await belt.apply(settings())
      try await RDHooks.registered(at: belt) { hooks in
        let id = try await opportunity(belt)
        try await belt.run(await hooks.next(4))
        try await belt.run(try await act(belt, .lose(reason: "Preço"), on: id))
        try await belt.run(try await act(belt, .move(stage: "Proposta"), on: id))
        try await belt.run(await hooks.next(2))
        #expect(try await belt.count("select count(*) from embedded_opportunity") == 1)
        #expect(try await belt.count("select count(*) from journey where code = 'own_mark'") == 4)
      }
    }
  }
}
