import Leads
import Testing

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
}
