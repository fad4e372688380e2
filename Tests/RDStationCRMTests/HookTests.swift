import Leads
import StrictJSON
import Testing

@testable import RDStationCRM
@testable import Sandbox

@Suite(.timeLimit(.minutes(2)))
struct HookTests {
  @Test(arguments: APIVersion.allCases)
  func `webhooks are registered once and read back, and a suspended one is put in force`(
    version: APIVersion
  ) async throws {
    try await withCRM { running async throws in
      let caller = running.caller(version)
      let subscriptions: RDCRMSubscriptions =
        switch version {
        case .v1: .v1(caller, integration: RunningCRM.integration)
        case .v2: .v2(caller, integration: RunningCRM.integration)
        }
      let url = "https://hooks.example/rdcrm/secret"
      #expect(try await subscriptions.register(url) == [])
      running.change { $0.webhooks[0].status = "suspended" }
      #expect(try await subscriptions.register(url) == [])
      let events = running.read { $0.webhooks.map(\.event) }
      #expect(events.sorted() == RDCRMSubscriptions.events.sorted())
      #expect(running.read { $0.webhooks.allSatisfy { $0.status == "active" } })
    }
  }

  @Test func `a webhook whose making lost its answer is not made twice`() async throws {
    try await withCRM { running async throws in
      let route = "POST *webhooks"
      running.set(faults: [["route": .string(route), "kind": "drop_after_commit", "times": 1]])
      let subscriptions = RDCRMSubscriptions.v1(running.caller(.v1), integration: "acme")
      #expect(try await subscriptions.register("https://hooks.example/x") == [])
      #expect(running.read(\.webhooks.count) == RDCRMSubscriptions.events.count)
    }
  }

  @Test func `twins of one change have transactions of their own and one version (8_4)`()
    async throws
  {
    try await withCRM { running async throws in
      let crm = running.crm(.v1)
      let deal = try await crm.create([.draft("one")])[0].get()
      try running.simulator.perform(.move(deal: deal.id, stage: "Proposta"), in: running.account)
      let moved = try #require(running.read { $0.deals[deal.id] })
      var transactions: Set<String> = []
      var versions: Set<Int> = []
      for _ in 0..<3 {
        let hook = running.simulator.hook(.updated, of: moved, in: running.account)
        transactions.insert(hook["transaction_uuid"]?.string ?? "")
        let changes = try crm.changes(in: hook.encoded)
        #expect(changes == [CRMChange(.opportunity, deal)])
        versions.insert(try await crm.read([deal])[0].get()?.version ?? 0)
      }
      #expect(transactions.count == 3 && versions.count == 1)
    }
  }

  @Test(arguments: [
    ("crm_deal_deleted", RecordKind.opportunity), ("crm_contact_updated", .contact),
    ("crm_organization_updated", .company), ("crm_task_created", nil), ("crm_product_updated", nil),
  ])
  func `a webhook names the record that it is about`(event: String, kind: RecordKind?) async throws
  {
    try await withCRM { running async throws in
      let hook: JSON = [
        "event_name": .string(event), "event_timestamp": "2026-03-02T14:10:05.000Z",
        "transaction_uuid": "9d1d7c52-7a56-4c1e-a0c5-5b5f0c1f7a11",
        "document": ["id": "66a0c1d2e3f4a5b6c7d8e901", "name": "Curso"],
      ]
      let changes = try running.crm(.v1).changes(in: hook.encoded)
      #expect(changes.map(\.kind) == [kind].compactMap(\.self))
    }
  }
}
