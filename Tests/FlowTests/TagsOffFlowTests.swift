import Belt
import BeltStorage
import EmbeddedCRM
import Leads
import Postgres
import StrictJSON
import Testing

@testable import Sandbox

@Suite(.timeLimit(.minutes(1)))
struct TagsOffFlowTests {
  @Test(arguments: [Settings.TagDirection.off, .both])
  func `nothing is sent to the tags' stage while the settings switch tags off`(
    direction: Settings.TagDirection
  ) async throws {
    try await withBelt { belt in
      try await belt.apply(.flow { $0.tags = direction })
      var webhooks = Webhooks()
      let first = try await belt.run([webhooks.conversion(1)])
      // The same event again, with other tags.
      let again = try await belt.run([webhooks.conversion(1, tags: ["feira", "vip"])])
      #expect(first.waiting.isEmpty && first.rejected.isEmpty)
      #expect(first.handled[.rdUpdater] == 1)
      #expect(first.handled[.tagSync] == (direction == .off ? nil : 1))
      #expect(again.handled[.tagSync] == (direction == .off ? nil : 1))
    }
  }

  @Test func `what was merged is kept where the tags of another opportunity cannot be written`()
    async throws
  {
    try await withBelt { belt in
      try await belt.apply(.flow())
      var webhooks = Webhooks()
      try await belt.run([webhooks.conversion(1), webhooks.conversion(1, minute: 5)])
      let ids = try await belt.pool.run("select id from opportunity order by id")
        .map { try $0.identifier("id") }
      #expect(ids.count == 2)
      // Only what somebody added at the last one is to be written at RD Station.
      _ = try await belt.desk.act(.tag(["feira", "vip"]), on: ids[1], in: "acme")
      let fault = try #require(
        Fault([
          "route": "PATCH /platform/contacts/*", "kind": "status", "status": 500, "percent": 100,
        ])
      )
      belt.sandbox.faults.replace(with: [fault], seed: 1)
      let rest = try await belt.run([webhooks.conversion(1, minute: 5, tags: ["feira", "nova"])])
      #expect(rest.waiting.map(\.reason.code) == ["rd_unavailable"])
      let kept = try await belt.pool.run(
        "select opportunity_id from tag_state where tags @> '[\"nova\"]'"
      )
      #expect(try kept.map { try $0.identifier("opportunity_id") } == [ids[0]])
    }
  }
}
