import BeltStorage
import Leads
import Postgres
import StrictJSON
import TestKit
import Testing
import Belt
import Centralizer
import LeadImporter
import OpportunityCreator
import RDUpdater
import TagSync

@testable import Sandbox

@Suite(.timeLimit(.minutes(2)))
struct FlowTests {
  @Test func `each stage takes what Flow says`() async throws {
    func kinds<S: Stage>(of stage: S.Type) -> (Flow, Set<String>) {
      (S.flow, Set(S.Input.kinds.map(\.type)))
    }
    let taken = [
      kinds(of: LeadImporterStage.self), kinds(of: CentralizerStage.self),
      kinds(of: OpportunityCreatorStage.self), kinds(of: RDUpdaterStage.self),
      kinds(of: TagSyncStage.self),
    ]
    #expect(taken.map(\.0) == Flow.allCases)
    for (flow, kinds) in taken { #expect(kinds == Set(flow.takes.map(\.type)), "\(flow)") }
  }

  @Test func `a message whose lead was erased ends at once and says so`() async throws {
    try await withBelt { belt in
      try await belt.apply(.flow())
      var webhooks = Webhooks()
      let imported = try await belt.follows(.leadImporter, [webhooks.conversion(1)])
      let centralized = try await belt.follows(.centralizer, imported)
      try await belt.pool.run(["delete from conversion", "delete from lead"])
      var imported2 = imported
      imported2[0].id = Identifier(derivedFrom: "again")
      for (stage, messages) in [(Flow.centralizer, imported2), (.opportunityCreator, centralized)] {
        guard case .reject(let reason)? = try await belt.handler(stage).handle(messages).first
        else {
          Issue.record("\(stage) did not refuse it")
          continue
        }
        #expect(reason.code == "lead_absent")
      }
      #expect(try await belt.count("select count(*) from dead_letter") == 2)
    }
  }

  @Test(.behaviour("B002", "B016", "B024", "B060", "B117"))
  func `a webhook becomes a lead, a contact, a company, an opportunity and a mark at RD Station`()
    async throws
  {
    try await withBelt { belt in
      try await belt.apply(.flow())
      var webhooks = Webhooks()
      let rest = try await belt.run([webhooks.conversion(1)])
      #expect(rest.waiting.isEmpty && rest.rejected.isEmpty)
      #expect(try await belt.count("select count(*) from lead") == 1)
      #expect(try await belt.count("select count(*) from contact") == 1)
      #expect(try await belt.count("select count(*) from company") == 1)
      #expect(try await belt.count("select count(*) from embedded_opportunity") == 1)
      #expect(try await belt.count("select count(*) from effect where state <> 'confirmed'") == 0)
      let identifiers = try belt.ledger("conversion").compactMap { $0["identifier"]?.string }
      #expect(identifiers == ["Cadastro criado no CRM", "Oportunidade gerada pelo CRM"])
      #expect(try belt.ledger("opportunity").count == 1)
    }
  }

  @Test(.behaviour("B038"), arguments: [1, 2, 3])
  func `nothing happens twice, however often each batch is delivered`(deliveries: Int) async throws
  {
    try await withBelt { belt in
      try await belt.apply(.flow())
      var webhooks = Webhooks()
      let messages = (0..<40).map { webhooks.conversion($0 % 10, minute: $0) }
      try await belt.run(messages, deliveries: deliveries, batchMax: 16)
      #expect(try await belt.count("select count(*) from conversion") == 40)
      #expect(try await belt.count("select count(*) from contact") == 10)
      #expect(try await belt.count("select count(*) from company") == 7)
      #expect(try await belt.count("select count(*) from embedded_opportunity") == 40)
      let created = try belt.ledger("conversion").filter {
        $0["identifier"]?.string == "Oportunidade gerada pelo CRM"
      }
      #expect(created.count == 40)
      #expect(Set(created.compactMap { $0["marker"]?.string }).count == 40)
    }
  }

  @Test(.behaviour("B022"))
  func `what an automation flow sends is carried on, lead after lead, with no step between`()
    async throws
  {
    try await withBelt { belt in
      try await belt.apply(.flow())
      var webhooks = Webhooks()
      for number in 1...5 {
        let lead: JSON = [
          "id": .string("\(number)"), "email": .string("fluxo\(number)@exemplo.com.br"),
          "name": .string("Fluxo \(number)"),
          "last_conversion": [
            "created_at": .string("2026-03-09T14:0\(number):10.000-03:00"), "cumulative_sum": 1,
            "content": ["identificador": "material-rico"],
          ],
        ]
        let rest = try await belt.run([webhooks.message(["leads": [lead]])])
        #expect(rest.waiting.isEmpty && rest.rejected.isEmpty)
        #expect(try await belt.count("select count(*) from embedded_opportunity") == number)
      }
    }
  }

  @Test(.behaviour("B019", "B130", "B131"))
  func `the same event in several webhooks is one opportunity, and the others are explained`()
    async throws
  {
    try await withBelt { belt in
      try await belt.apply(.flow())
      var webhooks = Webhooks()
      let messages = [
        webhooks.conversion(1), webhooks.conversion(1), webhooks.conversion(1, minute: 5),
      ]
      try await belt.run(messages)
      #expect(try await belt.count("select count(*) from arrival where state = 'accepted'") == 2)
      #expect(try await belt.count("select count(*) from arrival where state = 'duplicate'") == 1)
      #expect(try await belt.count("select count(*) from embedded_opportunity") == 2)
      let identifiers = try belt.ledger("conversion").compactMap { $0["identifier"]?.string }
      #expect(identifiers.filter { $0 == "Cadastro criado no CRM" }.count == 1)
      #expect(identifiers.filter { $0 == "Cadastro evoluido no CRM" }.count == 1)
    }
  }

  @Test func `workers that meet at one person make one contact of it`() async throws {
    try await withBelt { belt in
      try await belt.apply(.flow())
      var webhooks = Webhooks()
      // Sixty leads with ids of their own that are six people by e-mail and by mobile number.
      let messages = (0..<60).map { number in
        webhooks.conversion(
          number % 6,
          mobile: "+55 11 9700\(number % 6)-1234",
          email: number % 2 == 0
            ? "pessoa\(number % 6)@exemplo.com.br" : "x\(number)@exemplo.com.br",
          uuid: "\(Identifier(derivedFrom: "lead", String(number)))"
        )
      }
      let imported = try await belt.handler(.leadImporter).handle(messages)
      let follows = imported.flatMap { outcome -> [Message] in
        guard case .done(let follows) = outcome else { return [] }
        return follows
      }
      #expect(follows.count == 60)
      let centralizer = try belt.handler(.centralizer)
      try await withThrowingTaskGroup { group in
        for worker in 0..<6 {
          group.addTask {
            for start in stride(from: worker * 2, to: 60, by: 12) {
              let outcomes = try await centralizer.handle(Array(follows[start..<start + 2]))
              for outcome in outcomes { #expect(outcome.name == "done") }
            }
          }
        }
        try await group.waitForAll()
      }
      #expect(try await belt.count("select count(*) from contact") == 6)
      #expect(try await belt.count("select count(distinct contact_id) from lead") == 6)
    }
  }

  @Test(.behaviour("B008", "B015", "B221"))
  func `a refused lead creates nothing anywhere and its journey says why`() async throws {
    try await withBelt { belt in
      try await belt.apply(.flow { $0.importRules = ImportRules(conversions: ["fale-conosco"]) })
      var webhooks = Webhooks()
      try await belt.run([webhooks.conversion(1)])
      #expect(try await belt.count("select count(*) from lead") == 0)
      #expect(try await belt.count("select count(*) from conversion") == 0)
      #expect(try await belt.count("select count(*) from contact") == 0)
      #expect(try await belt.count("select count(*) from opportunity") == 0)
      #expect(try belt.ledger("conversion").isEmpty)
      let row = try #require(try await belt.pool.run("select code, sentence from journey").first)
      #expect(try row.string(0) == "conversion_not_listed")
      #expect(try row.string(1).contains("“orcamento”"))
    }
  }

  @Test(.behaviour("B180", "B181"))
  func `two integrations with the same person never meet`() async throws {
    try await withBelt { belt in
      try await belt.apply(.flow("acme"))
      try await belt.apply(.flow("beta"))
      var acme = Webhooks(seed: 1, integration: "acme")
      var beta = Webhooks(seed: 2, integration: "beta")
      try await belt.run([acme.conversion(1), beta.conversion(1)])
      #expect(try await belt.count("select count(*) from contact") == 2)
      #expect(try await belt.count("select count(distinct id) from embedded_opportunity") == 2)
      let accounts = try belt.ledger("opportunity").compactMap { $0["account"]?.string }
      #expect(accounts.sorted() == ["acme", "beta"])
    }
  }

  @Test func `a message of an integration that does not exist is parked with what to do`()
    async throws
  {
    try await withBelt { belt in
      var webhooks = Webhooks(integration: "nobody")
      let rest = try await belt.run([webhooks.conversion(1)])
      #expect(rest.rejected.map(\.reason.code) == ["integration_unknown"])
    }
  }

  @Test func `a body that is no lead is kept, counted and explained`() async throws {
    try await withBelt { belt in
      try await belt.apply(.flow())
      var webhooks = Webhooks()
      try await belt.run([webhooks.message(["leads": 7])])
      #expect(try await belt.count("select count(*) from arrival where state = 'invalid'") == 1)
      #expect(try await belt.count("select count(*) from webhook_archive") == 1)
    }
  }
}
