import Leads
import SandboxLeads
import StrictJSON
import Testing

@testable import RDStationCRM
@testable import Sandbox

@Suite(.timeLimit(.minutes(2)))
struct PollingTests {
  @Test func `more deals than a list reaches are had by halving its period`() async throws {
    try await withCRM { running async throws in
      let api = V1(running.caller(.v1), integration: RunningCRM.integration, reach: 3)
      try running.set(["records_reachable": 3])
      let names = (1...8).map { "d\($0)" }
      _ = await running.crm(.v1).create(names.map { .draft($0) })
      // Spread over days, as a year of sales is.
      running.change { books in
        for (index, id) in books.deals.keys.sorted().enumerated() {
          books.deals[id]?.createdAt = .init(milliseconds: Int64(index) * 86_400_000)
        }
      }
      #expect(try await api.deals(changedSince: 0).count == 8)
    }
  }

  @Test(arguments: APIVersion.allCases)
  func `a change that is shown late is told all the same`(version: APIVersion) async throws {
    try await withCRM { running async throws in
      let crm = running.crm(version)
      let deals = try await crm.create([.draft("one"), .draft("two")]).map { try $0.get() }
      let start = try await crm.changes(since: nil).next
      try running.simulator.perform(
        .move(deal: deals[0].id, stage: "Proposta"),
        in: running.account
      )
      let told = try await crm.changes(since: start)
      #expect(told.changes.map(\.record) == [deals[0]])
      // It was written before the other one, and comes to light after it.
      running.change { books in
        let moved = books.deals[deals[0].id]?.updatedAt ?? .init(milliseconds: 0)
        books.deals[deals[1].id]?.rating = 5
        books.deals[deals[1].id]?.updatedAt = moved.adding(milliseconds: -5)
      }
      #expect(try await crm.changes(since: told.next).changes.map(\.record) == [deals[1]])
    }
  }

  @Test func `a deal that is opened again is told by a poll`() async throws {
    try await withCRM { running async throws in
      let crm = running.crm(.v1)
      let deal = try await crm.create([.draft("one")])[0].get()
      try running.simulator.perform(.lose(deal: deal.id, reason: "Preço"), in: running.account)
      let start = try await crm.changes(since: nil).next
      try running.simulator.perform(.reopen(deal: deal.id), in: running.account)
      #expect(try await crm.changes(since: start).changes.map(\.record) == [deal])
      #expect(try await crm.read([deal])[0].get()?.status == .open)
    }
  }
}
