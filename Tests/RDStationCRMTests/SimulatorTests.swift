import Leads
import NIOHTTP1
import StrictJSON
import Testing

@testable import RDStationCRM
@testable import Sandbox

/// The simulator is as strict as the vendor, also towards those who are not our adapter.
@Suite(.timeLimit(.minutes(2)))
struct SimulatorTests {
  @Test func `a stage inside the deal is taken with 200 and moves nothing; at the top it moves`()
    async throws
  {
    try await withCRM { running async throws in
      let deal = try await running.crm(.v1).create([.draft("one")])[0].get()
      let stage = running.read { $0.pipelines[0].stages[1].id }
      let path = "/deals/\(deal.id)"
      let inside: JSON = ["deal": ["deal_stage_id": .string(stage)]]
      #expect(try await running.call(.PUT, path, inside).status == 200)
      #expect(running.read { $0.deals[deal.id]?.stageID } != stage)
      _ = try await running.call(.PUT, path, ["deal_stage_id": .string(stage)])
      #expect(running.read { $0.deals[deal.id]?.stageID } == stage)
    }
  }

  @Test func `contacts in a new deal are always new ones`() async throws {
    try await withCRM { running async throws in
      let body: JSON = [
        "deal": ["name": "Curso in company"],
        "contacts": [["name": "Lia Prado", "emails": [["email": "lia@ipe.example"]]]],
      ]
      for _ in 0..<2 { #expect(try await running.call(.POST, "/deals", body).status == 200) }
      #expect(running.read(\.contacts.count) == 2)
    }
  }

  @Test(arguments: [
    ("ignored", 200, false), ("allowed", 200, true), ("refused", 422, false),
  ])
  func `a closed deal is opened again only where the switch says so`(
    word: String,
    status: Int,
    isOpen: Bool
  ) async throws {
    try await withCRM { running async throws in
      try running.set(["reopen": .string(word)])
      let deal = try await running.crm(.v1).create([.draft("one")])[0].get()
      _ = try await running.call(.PUT, "/deals/\(deal.id)", ["deal": ["win": true]])
      let answer = try await running.call(.PUT, "/deals/\(deal.id)", ["deal": ["win": .null]])
      #expect(answer.status == status)
      #expect(running.read { $0.deals[deal.id]?.isClosed } == !isOpen)
    }
  }

  @Test(arguments: [
    ("/deals", #"{"deal":{"name":7}}"#, 422, "MUST_BE_STRING"),
    ("/deals", #"{"deal":{"name":"A"}}"#, 422, "muito curto"),
    ("/deals", #"{"deal":{}}"#, 422, "em branco"),
    ("/deals", #"{"deal":{"name":"Curso"},"surprise":1}"#, 500, "<html>"),
    ("/deals", #"{"deal":{"name":"Curso","deal_stage_id":"66a0"}}"#, 404, "RESOURCE_NOT_FOUND"),
    ("/deals", #"{"deal":{"name":"Curso","rating":6}}"#, 422, "lista"),
    (
      "/deals",
      #"{"deal":{"name":"Curso","deal_custom_fields":[{"custom_field_id":"66a0","value":"x"}]}}"#,
      400, "Could not find a custom field"
    ),
    ("/activities", #"{"activity":{"text":"nota"}}"#, 422, "user_id"),
    (
      "/webhooks", #"{"event_type":"deal_won","url":"https://x","http_method":"POST"}"#, 422,
      "lista"
    ),
  ])
  func `what does not fit is refused as the vendor refuses it`(
    path: String,
    body: String,
    status: Int,
    text: String
  ) async throws {
    try await withCRM { running async throws in
      let answer = try await running.call(.POST, path, try JSON(parsing: Array(body.utf8)))
      #expect(answer.status == status)
      #expect(answer.text.contains(text), "\(answer.text)")
      #expect(running.read(\.deals.isEmpty))
    }
  }

  @Test func `a minute's calls are counted for the whole account`() async throws {
    try await withCRM { running async throws in
      try running.set(["calls_per_minute": 2, "tells_retry_after": true])
      for status in [200, 200, 429] {
        #expect(try await running.call(.GET, "/users").status == status)
      }
      let catalogue = await #expect(throws: CRMError.self) {
        try await running.crm(.v1).catalogue()
      }
      guard case .rateLimited? = catalogue?.code else {
        Issue.record("\(String(describing: catalogue))")
        return
      }
    }
  }

  @Test func `a user who sees only their own finds nothing of others'`() async throws {
    try await withCRM { running async throws in
      var draft = OpportunityDraft.draft("one")
      draft.owner = "rui@acme.com.br"
      let crm = running.crm(.v1)
      let deal = try await crm.create([draft])[0].get()
      running.change { $0.users[0].visibility = .restricted }
      #expect(try await crm.read([deal])[0].get() == nil)
      #expect(try await crm.find(markers: [.marker("one")])[0].get() == nil)
    }
  }

  @Test func `a list does not show what was just made where the search lags`() async throws {
    try await withCRM { running async throws in
      let crm = running.crm(.v1)
      let deal = try await crm.create([.draft("one")])[0].get()
      running.set(
        faults: [["route": "GET *deals", "kind": "search_lag", "milliseconds": 30_000]]
      )
      #expect(try await crm.find(markers: [.marker("one")])[0].get() == nil)
      #expect(try await crm.read([deal])[0].get() != nil)
    }
  }

  @Test func `the distribution chooses among those it names, and the user's own id wins`()
    async throws
  {
    try await withCRM { running async throws in
      func owner(_ settings: JSON, _ deal: JSON = ["name": "Curso"]) async throws -> String? {
        let body: JSON = ["deal": deal, "distribution_settings": ["owner": settings]]
        let made = try await running.json(.POST, "/deals", body)
        return made["user"]?["email"]?.string
      }
      #expect(try await owner(["type": "all_admins"]) == "bia@acme.com.br")
      #expect(try await owner(["type": "owner", "email": "rui@acme.com.br"]) == "rui@acme.com.br")
      #expect(try await owner(["type": "owner", "email": "x@acme.com.br"]) == "bia@acme.com.br")
      let caio = running.read { $0.users[2].id }
      let deal: JSON = ["name": "Curso", "user_id": .string(caio)]
      #expect(try await owner(["type": "all_admins"], deal) == "caio@acme.com.br")
    }
  }
}
