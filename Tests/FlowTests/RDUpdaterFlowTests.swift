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

@Suite(.timeLimit(.minutes(2)))
struct RDUpdaterFlowTests {
  private func announcement(_ changed: SalesDesk.Changed, to stage: Flow) -> Message {
    let body = OpportunityChanged(
      opportunity: changed.opportunity,
      version: changed.state.version
    )
    return Message(
      id: Identifier(derivedFrom: "\(body)", stage.stage),
      type: OpportunityChanged.type,
      stage: stage.stage,
      integration: "acme",
      journey: changed.opportunity,
      body: body.json.encoded
    )
  }

  /// One lead with its opportunity.
  private func opportunity(_ belt: Belt, tags: [String] = ["feira"]) async throws -> Identifier {
    try await belt.apply(.flow())
    var webhooks = Webhooks()
    // The sandbox must know the person, as RD Station does.
    try await belt.client.updateContact(
      .email("pessoa1@exemplo.com.br"),
      fields: ["name": "Pessoa 1", "tags": .array(tags.map(JSON.string))],
      for: "acme"
    )
    let contact = try await belt.client.contact(.email("pessoa1@exemplo.com.br"), for: "acme")
    try await belt.run([webhooks.conversion(1, tags: tags, uuid: contact?.uuid)])
    let row = try #require(try await belt.pool.run("select marker from embedded_opportunity").first)
    return try #require(Identifier(try row.string(0)))
  }

  @Test(.behaviour("B108", "B118", "B119", "B125", "B225"))
  func `a won opportunity is one sale at RD Station, however often it is announced`() async throws {
    try await withBelt { belt in
      let id = try await opportunity(belt)
      let won = try #require(try await belt.desk.act(.win(value: "1234.50"), on: id, in: "acme"))
      let again = try #require(try await belt.desk.act(.win(value: "1234.50"), on: id, in: "acme"))
      #expect(again.state.version == won.state.version)
      try await belt.run([announcement(won, to: .rdUpdater)], deliveries: 2)
      // The same change by another way, with another message id.
      var other = announcement(won, to: .rdUpdater)
      other.id = Identifier(derivedFrom: "another announcement")
      try await belt.run([other])
      #expect(try belt.ledger("sale").compactMap { $0["value"]?.text } == ["1234.50"])
      let sales = try belt.ledger("conversion").filter {
        $0["identifier"]?.string == "Venda gerada pelo CRM"
      }
      #expect(sales.count == 1)
    }
  }

  @Test(.behaviour("B120", "B121"))
  func `a lost opportunity is a loss with its reason`() async throws {
    try await withBelt { belt in
      let id = try await opportunity(belt)
      let lost = try #require(try await belt.desk.act(.lose(reason: "Preço"), on: id, in: "acme"))
      try await belt.run([announcement(lost, to: .rdUpdater)], deliveries: 2)
      #expect(try belt.ledger("lost").count == 1)
    }
  }

  @Test(.behaviour("B046"))
  func `a move that neither wins nor loses tells RD Station nothing, the four moments do`()
    async throws
  {
    try await withBelt { belt in
      let id = try await opportunity(belt)
      func told() throws -> Int {
        try ["conversion", "opportunity", "sale", "lost", "funnel"].reduce(0) {
          try $0 + belt.ledger($1).count
        }
      }
      let atCreation = try told()
      #expect(atCreation > 0)
      let moved = try #require(
        try await belt.desk.act(.move(stage: "Proposta"), on: id, in: "acme")
      )
      let rest = try await belt.run([announcement(moved, to: .rdUpdater)])
      #expect(rest.waiting.isEmpty && rest.rejected.isEmpty)
      #expect(try told() == atCreation)
      let lost = try #require(try await belt.desk.act(.lose(reason: nil), on: id, in: "acme"))
      try await belt.run([announcement(lost, to: .rdUpdater)])
      let atLoss = try told()
      #expect(atLoss > atCreation)
      let won = try #require(try await belt.desk.act(.win(value: "10"), on: id, in: "acme"))
      try await belt.run([announcement(won, to: .rdUpdater)])
      #expect(try told() > atLoss)
    }
  }

  @Test(.behaviour("B131"))
  func `an open opportunity that was brought up to date is one conversion`() async throws {
    try await withBelt { belt in
      let id = try await opportunity(belt)
      let body = OpportunityRevised(opportunity: id, event: Identifier(derivedFrom: "an event"))
      let message = Message(
        id: Identifier(derivedFrom: "revised"),
        type: OpportunityRevised.type,
        stage: Flow.rdUpdater.stage,
        integration: "acme",
        journey: id,
        body: body.json.encoded
      )
      let marks = try belt.ledger("opportunity").count
      try await belt.run([message], deliveries: 2)
      let identifiers = try belt.ledger("conversion").compactMap { $0["identifier"]?.string }
      #expect(identifiers.filter { $0 == "Cadastro evoluido no CRM" }.count == 1)
      #expect(identifiers.filter { $0 == "Oportunidade gerada pelo CRM" }.count == 1)
      #expect(try belt.ledger("opportunity").count == marks)
    }
  }

  @Test(.behaviour("B199"))
  func `a sale above the limit is given up without a call, and told once it is corrected`()
    async throws
  {
    try await withBelt { belt in
      let id = try await opportunity(belt)
      let tooMuch = try #require(
        try await belt.desk.act(.win(value: "99999999.01"), on: id, in: "acme")
      )
      let first = try await belt.run([announcement(tooMuch, to: .rdUpdater)])
      #expect(first.rejected.map(\.reason.code) == ["sale_value_over_limit"])
      #expect(try belt.ledger("sale").isEmpty)
      let right = try #require(
        try await belt.desk.act(.win(value: "99999999.00"), on: id, in: "acme")
      )
      try await belt.run([announcement(right, to: .rdUpdater)])
      #expect(try belt.ledger("sale").compactMap { $0["value"]?.text } == ["99999999.00"])
    }
  }

  @Test func `an answer that was lost is read back by the marker and nothing is sent twice`()
    async throws
  {
    try await withBelt { belt in
      let id = try await opportunity(belt)
      let won = try #require(try await belt.desk.act(.win(value: "10"), on: id, in: "acme"))
      let fault = try #require(
        Fault([
          "route": "POST /platform/events*", "kind": "drop_after_commit", "percent": 100,
          "times": 1,
        ])
      )
      belt.sandbox.faults.replace(with: [fault], seed: 1)
      let message = announcement(won, to: .rdUpdater)
      let first = try await belt.run([message])
      #expect(first.waiting.map(\.reason.code) == ["rd_outcome_unknown"])
      #expect(try await belt.count("select count(*) from effect where state = 'unknown'") == 1)
      let second = try await belt.run([message])
      #expect(second.waiting.isEmpty)
      #expect(try belt.ledger("sale").count == 1)
      #expect(try await belt.count("select count(*) from effect where state <> 'confirmed'") == 0)
    }
  }

  @Test func `after an answer of 503 the events are looked for, not sent again blindly`()
    async throws
  {
    try await withBelt { belt in
      let id = try await opportunity(belt)
      let won = try #require(try await belt.desk.act(.win(value: "10"), on: id, in: "acme"))
      let fault = try #require(
        Fault([
          "route": "POST /platform/events*", "kind": "status", "status": 503, "percent": 100,
          "times": 1,
        ])
      )
      belt.sandbox.faults.replace(with: [fault], seed: 1)
      let message = announcement(won, to: .rdUpdater)
      #expect(try await belt.run([message]).waiting.map(\.reason.code) == ["rd_unavailable"])
      #expect(try await belt.run([message]).waiting.map(\.reason.code) == ["rd_outcome_unknown"])
      #expect(try belt.ledger("sale").isEmpty)
      #expect(try await belt.count("select count(*) from effect where state = 'unknown'") == 1)
    }
  }

  @Test func `what was certainly not done is sent again`() async throws {
    try await withBelt { belt in
      let id = try await opportunity(belt)
      let won = try #require(try await belt.desk.act(.win(value: "10"), on: id, in: "acme"))
      let fault = try #require(
        Fault([
          "route": "POST /platform/events*", "kind": "rate_limit_1", "percent": 100, "times": 1,
        ])
      )
      belt.sandbox.faults.replace(with: [fault], seed: 1)
      let message = announcement(won, to: .rdUpdater)
      let first = try await belt.run([message])
      #expect(first.waiting.map(\.reason.code) == ["rd_rate_limited"])
      #expect(try belt.ledger("sale").isEmpty)
      try await belt.run([message])
      #expect(try belt.ledger("sale").count == 1)
    }
  }

  @Test(.behaviour("B138", "B139"))
  func `tags that change in the CRM reach RD Station, and nothing echoes`() async throws {
    try await withBelt { belt in
      let id = try await opportunity(belt, tags: ["feira", "quente"])
      let tagged = try #require(
        try await belt.desk.act(.tag(["feira", "vip"]), on: id, in: "acme")
      )
      try await belt.run([announcement(tagged, to: .tagSync)], deliveries: 2)
      let contact = try await belt.client.contact(.email("pessoa1@exemplo.com.br"), for: "acme")
      #expect(Set(contact?.tags ?? []) == ["feira", "vip"])
      let writes = try belt.ledger("tags").count + belt.ledger("contact").count
      try await belt.run([announcement(tagged, to: .tagSync)])
      #expect(try belt.ledger("tags").count + belt.ledger("contact").count == writes)
    }
  }

  @Test
  func `a hook about a deal that is not ours ends quietly, at once while no create is unknown`()
    async throws
  {
    try await withBelt { belt in
      try await belt.apply(.flow())
      let foreign = Identifier(derivedFrom: "somebody's deal")
      let hook = Message(
        id: Identifier(derivedFrom: "hook"),
        type: CRMHookReceived.type,
        stage: Flow.rdUpdater.stage,
        integration: "acme",
        journey: Identifier(derivedFrom: "hook"),
        body: Array(#"{"opportunity":"\#(foreign)"}"#.utf8)
      )
      let rest = try await belt.run([hook])
      #expect(rest.rejected.isEmpty && rest.waiting.isEmpty)
      #expect(try await belt.count("select count(*) from dead_letter") == 0)
      #expect(
        try await belt.count("select count(*) from journey where code = 'opportunity_unknown'") == 1
      )
    }
  }

  @Test func `a hook about an opportunity that is being created waits until it is recorded`()
    async throws
  {
    try await withBelt { belt in
      let id = try await opportunity(belt)
      let won = try #require(try await belt.desk.act(.win(value: "10.00"), on: id, in: "acme"))
      // Created in the CRM, and not yet recorded here.
      let row = try await belt.pool.run("select crm_id from opportunity where id = \(id)")
      let crmID = try row[0].string(0)
      try await belt.pool.run("update opportunity set crm_id = null where id = \(id)")
      var message = announcement(won, to: .rdUpdater)
      message.deferrals = 20
      let rest = try await belt.run([message])
      #expect(rest.waiting.map(\.reason.code) == ["opportunity_awaited"])
      try await belt.pool.run("update opportunity set crm_id = \(crmID) where id = \(id)")
      message.deferrals += 1
      #expect(try await belt.run([message]).waiting.isEmpty)
      #expect(try belt.ledger("sale").count == 1)
    }
  }
}
