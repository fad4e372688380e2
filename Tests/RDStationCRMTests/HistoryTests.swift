import Leads
import StrictJSON
import Testing

@testable import RDStationCRM
@testable import Sandbox

@Suite(.timeLimit(.minutes(2)))
struct HistoryTests {
  private static let items = [
    HistoryItem(
      kind: .conversion,
      identifier: "Orçamento de cozinha",
      origin: "google",
      at: Timestamp("2026-03-09T14:02:10-03:00")
    ),
    HistoryItem(kind: .opportunityMark, identifier: nil, origin: nil, at: nil),
  ]

  @Test(arguments: APIVersion.allCases)
  func `a newer event adds a note of its own, and what is told is not told again`(
    version: APIVersion
  ) async throws {
    try await withCRM { running async throws in
      let crm = running.crm(version)
      let deal = try await crm.create([.draft("one")])[0].get()
      for count in [1, 1, 2, 2] {
        let history = OpportunityHistory(of: deal, Array(Self.items.prefix(count)))
        try await crm.attach([history])[0].get()
      }
      let notes = running.read { $0.notes.map(\.text) }
      #expect(notes.count == 2)
      #expect(notes[0].contains("2026-03-09 17:02 UTC · conversão · Orçamento de cozinha"))
    }
  }

  @Test func `a note whose accents were damaged is known again all the same (7_1)`() async throws {
    try await withCRM { running async throws in
      try running.set(["accents_in_notes": "damaged"])
      let crm = running.crm(.v1)
      let deal = try await crm.create([.draft("one")])[0].get()
      for _ in 0..<2 { try await crm.attach([OpportunityHistory(of: deal, Self.items)])[0].get() }
      #expect(running.read(\.notes.count) == 1)
      #expect(running.read { !$0.notes[0].text.contains("ç") })
    }
  }

  @Test func `a note whose answer was lost is looked for before another one is made`() async throws
  {
    try await withCRM { running async throws in
      let crm = running.crm(.v1)
      let deal = try await crm.create([.draft("one")])[0].get()
      running.set(
        faults: [["route": "POST *activities", "kind": "drop_after_commit", "times": 1]]
      )
      let history = OpportunityHistory(of: deal, Self.items)
      guard case .failure(let error) = await crm.attach([history])[0] else {
        Issue.record("a lost answer passed for a success")
        return
      }
      #expect(error.code == .outcomeUnknown)
      try await crm.attach([history])[0].get()
      #expect(running.read(\.notes.count) == 1)
    }
  }
}
