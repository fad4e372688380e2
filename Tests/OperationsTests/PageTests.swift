import Belt
import BeltStorage
import Postgres
import Samples
import StrictJSON
import Testing

@testable import Operations

@Suite struct PageTests {
  /// More lists of one kind than a page has, with equal times and equal ids among them.
  private func fill(_ pool: PostgresPool, _ count: Int) async throws {
    let messages = (0..<count).map { number in
      Message.sample("\(number / 2)", integration: number.isMultiple(of: 2) ? "acme" : "other")
    }
    try await DeadLetterRecorder(pool: pool)
      .record(messages.map { ($0, Reason("owner_missing", "There is nobody to own it.")) })
    // Three moments for all.
    try await pool.run(
      """
      update dead_letter set last_at = timestamptz '2026-03-02 12:00:00.123456Z'
        + (get_byte(uuid_send(id), 0) % 3) * interval '1 microsecond'
      """
    )
  }

  @Test(arguments: [1, 2, 3, 7, 39, 40, 41, 1000])
  func `pages of any size show each item once, in one order`(size: Int) async throws {
    let pool = try await migratedPool()
    try await fill(pool, 40)
    let deadLetters = DeadLetters(pool: pool)
    let whole = try await deadLetters.list().items.map(\.key)
    #expect(Set(whole).count == 40)
    var found: [DeadLetter.Key] = []
    var cursor: Cursor?
    repeat {
      let page = try await deadLetters.list(after: cursor, size: size)
      #expect(page.items.count <= size)
      found += page.items.map(\.key)
      cursor = page.next.map { Cursor($0.text) }
    } while cursor != nil
    #expect(found == whole)
    let some = try await Page.items(upTo: 25) {
      try await deadLetters.list(after: $0, size: min($1, size))
    }
    #expect(some.map(\.key) == Array(whole.prefix(25)))
    await pool.shutdown()
  }

  @Test func `what comes meanwhile shifts no page`() async throws {
    let pool = try await migratedPool()
    try await fill(pool, 6)
    let deadLetters = DeadLetters(pool: pool)
    let first = try await deadLetters.list(size: 3)
    try await DeadLetterRecorder(pool: pool)
      .record([(.sample("new"), Reason("owner_missing", "There is nobody to own it."))])
    let second = try await deadLetters.list(after: first.next, size: 3)
    let shown = (first.items + second.items).map(\.key)
    #expect(Set(shown).count == 6)
    #expect(!shown.contains(DeadLetter.Key("acme", Message.sample("new").id)))
    await pool.shutdown()
  }

  @Test(arguments: ["", "?", "MSAy", "bm90aGluZyBoZXJl"])
  func `a cursor that is none of ours is refused`(text: String) async throws {
    let refusal = #expect(throws: Refusal.self) { try ListPlace(Cursor(text)) }
    #expect(refusal?.kind == .invalid && refusal?.code == "cursor_invalid")
  }

  @Test(arguments: [0, -1, 1001])
  func `a page that is too small or too large is refused`(size: Int) {
    let refusal = #expect(throws: Refusal.self) { try Page<DeadLetter>.check(size: size) }
    #expect(refusal?.kind == .invalid && refusal?.code == "page_size_invalid")
  }

  @Test func `a place survives its cursor, whatever the integration is called`() throws {
    for name in ["acme", "a b", "", "ação"] {
      let place = ListPlace(at: -5, id: Identifier(high: 1, low: 2), integration: name)
      #expect(try ListPlace(place.cursor) == place)
    }
  }

  @Test func `a page is shown with where the list goes on`() {
    let share = BulkAction.Share(
      integration: "acme",
      stage: "centralizer",
      code: "x",
      count: 1,
      oldest: "2026-03-02T12:00:00Z"
    )
    let place = ListPlace(at: 1, id: Identifier(high: 1, low: 2), integration: "acme")
    let page = Page([(item: share, place: place)], size: 1)
    #expect(page.json == ["items": [share.json], "next": .string(place.cursor.text)])
    #expect(Page([(item: share, place: place)], size: 2).json["next"] == .null)
  }
}
