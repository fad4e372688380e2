import EmbeddedCRM
import Leads
import Postgres
import RDStation
import StrictJSON
import TestKit
import Testing
import Belt

/// A webhook of a CRM that the version before had begun when this one took its place.
@Suite(.timeLimit(.minutes(1)))
struct PreviousHookTests {
  @Test(arguments: [("failed", 1), ("sent", 1), ("unknown", 1), ("confirmed", 0)])
  func `a sale that the version before had begun to tell is told, and the tags go on`(
    state: String,
    sales: Int
  ) async throws {
    try await withBelt { belt in
      try await belt.apply(.flow())
      var webhooks = Webhooks()
      let address = RDContactID.email("pessoa1@exemplo.com.br")
      try await belt.client.updateContact(address, fields: ["name": "Pessoa 1"], for: "acme")
      let contact = try await belt.client.contact(address, for: "acme")
      try await belt.run([webhooks.conversion(1, uuid: contact?.uuid)])
      let row = try await belt.pool.run("select marker from embedded_opportunity")[0]
      let id = try #require(Identifier(try row.string(0)))
      let won = try #require(try await belt.desk.act(.win(value: "1234.50"), on: id, in: "acme"))
      let hook = Message(
        id: Identifier(derivedFrom: "hook", state),
        type: CRMHookReceived.type,
        stage: Flow.crmEntry.stage,
        integration: "acme",
        journey: Identifier(derivedFrom: "journey of the hook"),
        body: EmbeddedCRM.hook(ofOpportunity: id)
      )
      // As it was written in one commit: the intent under the webhook's own id, and the claim.
      let plan = #"{"events":[{"sale":"1234.50"},{"conversion":"Venda gerada pelo CRM"}]}"#
      try await belt.pool.run([
        """
        insert into effect (integration_id, id, journey_id, kind, subject_id, state, plan, sent_at)
        values ('acme', \(hook.id), \(hook.journey), 'rd.events', \(id), \(state),
          \(plan)::text::jsonb, now() - interval '181 seconds')
        """,
        """
        update opportunity set told_version = \(won.state.version)::int, told_status = 'won'
        where integration_id = 'acme' and id = \(id)
        """,
      ])
      let rest = try await belt.run([hook], deliveries: 2)
      #expect(rest.waiting.isEmpty && rest.rejected.isEmpty)
      let told = try belt.ledger("sale").compactMap { $0["value"]?.text }
      #expect(told == Array(repeating: "1234.50", count: sales))
      #expect(rest.handled[.tagSync] == 1)
      #expect(
        try await belt.count(
          "select count(*) from effect where id = \(hook.id) and state = 'confirmed'"
        ) == 1
      )
    }
  }
}
