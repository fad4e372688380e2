import Belt
import Leads
import Testing

struct RecordLaneTests {
  private func lanes(_ keys: [[String]]) -> [Int] {
    keys.map { keys in
      RecordDraft(
        .contact,
        id: Identifier(high: 0, low: 0),
        keys: keys.map { MatchKey(.email, $0) }
      )
    }.lanes
  }

  @Test func `drafts without a key in common have lanes of their own`() {
    #expect(lanes([["a"], ["b"], [], []]) == [0, 1, 2, 3])
  }

  @Test func `drafts that share a key have one lane, also by a draft between them`() {
    #expect(lanes([["a"], ["b"], ["a", "c"], ["c"]]) == [0, 1, 0, 0])
    #expect(lanes([["a"], ["b"], ["a", "b"], ["b"]]) == [0, 0, 0, 0])
  }
}
