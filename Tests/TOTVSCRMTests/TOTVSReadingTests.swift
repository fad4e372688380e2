import Belt
import Leads
import StrictJSON
import Testing

@testable import TOTVSCRM

/// What comes from TOTVS CRM, and what is never sent there.
struct TOTVSReadingTests {
  @Test(
    arguments: [
      ("PROGRESS", .open, nil), ("OPEN", .open, nil), ("IN_PROGRESS", .open, nil),
      ("WON", .won, nil),
      ("LOST", .lost, "Preço"), ("DISCARDED", .lost, "Preço"),
    ] as [(String, OpportunityState.Status, String?)]
  )
  func `a status of the table is read`(
    word: String,
    status: OpportunityState.Status,
    reason: String?
  ) throws {
    let row: JSON = [
      "status": .string(word), "version": 3, "stageId": .string("\(Identifier.named("stage-3"))"),
      "lossReason": ["id": "1", "description": "Preço"],
    ]
    let stages = TOTVSTenant.sample().pipelines.flatMap(\.stages)
    let state = try OpportunityReading(row).state(stages: stages, tagField: nil)
    #expect(state.status == status && state.lossReason == reason)
    #expect(state.stage == "Novo" && state.version == 3)
  }

  @Test func `one that was discarded without a reason has that for its reason`() throws {
    let row: JSON = ["status": "DISCARDED", "version": 1]
    let state = try OpportunityReading(row).state(stages: [], tagField: nil)
    #expect(state.status == .lost && state.lossReason == "Descartada")
  }

  @Test(arguments: ["", "won", "ARCHIVED"])
  func `a status that the table does not have is told and never guessed`(word: String) throws {
    let reading = try OpportunityReading(["status": .string(word), "version": 1])
    let error = #expect(throws: CRMError.self) {
      try reading.state(stages: [], tagField: nil)
    }
    #expect(error?.code == .refused && error?.reason.code == "totvs_status_unknown")
  }

  @Test(
    arguments: [
      ("1234.5", "1234.50"), ("1234.50", "1234.50"), ("0", "0.00"), ("99999999", "99999999.00"),
      ("1e5", nil),
    ] as [(String, String?)]
  )
  func `a value is read as decimal text with two places`(number: String, text: String?) {
    #expect(OpportunityReading.money(.number(number)) == text)
  }

  @Test func `a value that is no number is none`() {
    for value in [JSON.null, "12", nil] as [JSON?] {
      #expect(OpportunityReading.money(value) == nil)
    }
  }

  @Test(arguments: [
    "[{\"id\":\"1\"}]", "{\"items\":[{\"id\":\"1\"}],\"hasNext\":false}",
    "{\"items\":[{\"id\":\"1\"}]}",
  ])
  func `a list is read in both forms`(text: String) throws {
    let rows = try #require(TOTVSRows(JSON(parsing: Array(text.utf8))))
    #expect(rows.rows == [["id": "1"]] && rows.isWhole)
  }

  @Test(arguments: [
    "{}", "null", "[1]", "\"x\"", "{\"items\":[],\"hasNext\":true}", "{\"items\":{}}",
  ])
  func `what is no list is not read as an empty one`(text: String) throws {
    #expect(try TOTVSRows(JSON(parsing: Array(text.utf8))) == nil)
  }

  @Test(
    arguments: [
      ("{\"id\":\"a\"}", "a"), ("[{\"id\":\"a\"}]", "a"), ("{}", nil), ("{\"id\":\"\"}", nil),
      ("{\"id\":7}", nil), ("[{\"id\":\"a\"},{\"id\":\"b\"}]", nil),
    ] as [(String, String?)]
  )
  func `the id of a new record is read in both forms, and never guessed`(
    text: String,
    id: String?
  ) throws {
    #expect(try CreatedID(JSON(parsing: Array(text.utf8)))?.text == id)
  }

  @Test func `a filter carries printable ASCII and none of its own signs`() {
    #expect(RestQuery("id", "a-1")?.text == "{id->eq->a-1}")
    #expect(
      RestQuery("emails.email", .equalsLoosely, "a@b.com")?.text == "{emails.email->ieq->a@b.com}"
    )
    let long = String(repeating: "a", count: 256)
    for value in ["", " ", "é", "a{b", "a}b", "a->b", "a\r\nX: y", "a\u{0}", long] {
      #expect(RestQuery("id", value) == nil, "\(value)")
    }
  }

  @Test func `tags survive the text of a custom field`() {
    #expect(TagText(in: TagText(["feira", "vip 2026"]).json).tags == ["feira", "vip 2026"])
    #expect(TagText([]).json == .null && TagText(in: .null).tags == [])
    #expect(TagText(in: " a ,, b ").tags == ["a", "b"])
  }

  @Test func `history keeps the newest lines of what is too long`() {
    let items = (0..<500).map {
      HistoryItem(kind: .conversion, identifier: "formulario-\($0)", origin: "Google", at: nil)
    }
    let text = HistoryText(items).text
    #expect(text.count <= HistoryText.max)
    #expect(text.hasSuffix("Conversão · formulario-499 · Google"))
    #expect(!text.contains("formulario-0 "))
    #expect(HistoryText(Array(items.prefix(2))).text.split(separator: "\n").count == 2)
  }
}
