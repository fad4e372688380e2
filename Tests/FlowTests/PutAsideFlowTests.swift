import BeltStorage
import Leads
import Postgres
import StrictJSON
import Synchronization
import TestKit
import Testing
import Belt
import Operations

/// Leads of a webhook that nothing can be made of.
@Suite(.timeLimit(.minutes(2)))
struct PutAsideFlowTests {
  private func ledger(_ belt: Belt) async throws -> Ledger {
    try #require(try await Ledgers(pool: belt.pool).list().first)
  }

  private func retry(_ letter: DeadLetter, on belt: Belt) async throws -> [Message] {
    let sent = Mutex<[Message]>([])
    _ = try await DeadLetters(pool: belt.pool).retry([letter], actor: "test") { messages in
      sent.withLock { $0 = messages.map(\.message) }
    }
    return sent.withLock { $0 }
  }

  @Test func `one bad lead of three is a dead letter of its own, and goes on when it is corrected`()
    async throws
  {
    try await withBelt { belt in
      try await belt.apply(.flow())
      var webhooks = Webhooks()
      let message = webhooks.message(try JSON(parsing: CaseBody.bytes("03-three-leads")))
      try await belt.run([message], deliveries: 2)
      #expect(try await belt.count("select count(*) from embedded_opportunity") == 2)
      var ledger = try await ledger(belt)
      #expect([ledger.received, ledger.done, ledger.dead, ledger.ignored] == [3, 2, 1, 0])
      #expect(ledger.isBalanced)

      let desk = DeadLetters(pool: belt.pool)
      let letter = try #require(
        try await desk.list(DeadLetterFilter(holding: "SEM-arroba")).items.first
      )
      #expect(letter.reason.code == "body_unreadable")
      #expect(try JSON(parsing: letter.message.body)["leads"]?.array?.count == 1)
      #expect(try await desk.list(DeadLetterFilter(holding: "ninguém")).items.isEmpty)
      let reader = Journeys(pool: belt.pool)
      let journey = try #require(try await reader.journeys(of: "sem-arroba").first)
      #expect(journey.id == letter.message.journey && journey.deadLetters == [letter])
      #expect(journey.lines.last?.sentence.contains("\(letter.message.id)") == true)

      // Sent again as it is, it is the same dead letter.
      let again = try await retry(letter, on: belt)
      ledger = try await self.ledger(belt)
      #expect([ledger.dead, ledger.inFlight] == [0, 1])
      let rest = try await belt.run(again)
      #expect(rest.rejected.map(\.message.id) == [letter.message.id])
      try await desk.record(rest.rejected)
      ledger = try await self.ledger(belt)
      #expect([ledger.received, ledger.dead] == [3, 1])

      let open = try #require(try await desk.find([letter.message.id]).first)
      #expect(open.state == .open)
      let edited = try await desk.edit(
        letter.message.id,
        .setting([.init(path: "leads.0.email", value: "pessoa2@feira.example")]),
        actor: "test"
      )
      #expect(edited.isChanged && edited.differences.map(\.path) == ["leads.0.email"])
      let corrected = try #require(try await desk.find([letter.message.id]).first)
      let end = try await belt.run(try await retry(corrected, on: belt))
      #expect(end.rejected.isEmpty)
      #expect(try await belt.count("select count(*) from embedded_opportunity") == 3)
      let found = try await reader.journeys(of: "pessoa2@feira.example")
      #expect(found.map(\.id) == [journey.id])
      #expect(found.first?.opportunity != nil)
      ledger = try await self.ledger(belt)
      #expect([ledger.received, ledger.done, ledger.dead, ledger.ignored] == [3, 3, 0, 0])
      #expect(ledger.isBalanced)
    }
  }

  @Test(
    arguments: [
      #"{"name":"Rui Plano","email":"rui@plano.example","phone":"11 97000-1234"}"#,
      #"[{"email":"rui@plano.example"}]"#, #"{"lead":{"email":"rui@plano.example"}}"#,
      #"{"data":{"email":"rui@plano.example"}}"#, #"{"leads":{"email":"rui@plano.example"}}"#,
      #"{"leads":[{"uuid":"0c1f6b0e-8f5c-4a51-9d4e-2f7d2c9f51aa","bio":"rui@plano.example"}]}"#,
    ]
  )
  func `a body that is none of RD Station is found by what it holds, and discarded it is ignored`(
    text: String
  ) async throws {
    try await withBelt { belt in
      try await belt.apply(.flow())
      var webhooks = Webhooks()
      try await belt.run([webhooks.message(try JSON(parsing: Array(text.utf8)))])
      let desk = DeadLetters(pool: belt.pool)
      let letters = try await desk.list(DeadLetterFilter(holding: "rui@plano.example")).items
      #expect(letters.count == 1)
      #expect(
        try await Journeys(pool: belt.pool).journeys(of: "rui@plano.example").count == 1
      )
      var ledger = try await ledger(belt)
      #expect([ledger.received, ledger.dead] == [1, 1])
      #expect(ledger.isBalanced)
      _ = try await desk.discard(letters, reason: "a test", actor: "test")
      ledger = try await self.ledger(belt)
      #expect([ledger.received, ledger.dead, ledger.ignored] == [1, 0, 1])
      #expect(ledger.isBalanced)
      #expect(ledger.ignoredByReason.map(\.code) == ["discarded"])
    }
  }

  @Test func `names with accents are found as they are and with JSON's escapes`() async throws {
    try await withBelt { belt in
      try await belt.apply(.flow())
      let bodies = [#"{"name":"João Ação"}"#, #"{"name":"Jo\u00e3o A\u00e7\u00E3o"}"#]
      var webhooks = Webhooks()
      for body in bodies {
        var message = webhooks.message([:])
        message.body = Array(body.utf8)
        try await belt.run([message])
      }
      let desk = DeadLetters(pool: belt.pool)
      #expect(try await desk.list(DeadLetterFilter(holding: "João Ação")).items.count == 2)
    }
  }

  @Test func `a deal of RD Station CRM at this address is left alone`() async throws {
    try await withBelt { belt in
      try await belt.apply(.flow())
      var webhooks = Webhooks()
      try await belt.run([
        webhooks.message(["event_name": "crm_deal_created", "document": ["id": "1"]])
      ])
      let ledger = try await ledger(belt)
      #expect(ledger.ignoredByReason.map(\.code) == ["not_about_a_lead"])
      #expect(try await DeadLetters(pool: belt.pool).open().isEmpty)
    }
  }
}
