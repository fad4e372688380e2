import StrictJSON
import TestKit
import Testing
import Belt

@testable import Leads

/// One event that both of RD's webhooks tell.
struct OccurrenceTests {
  private func event(_ body: JSON, trigger: HookTrigger? = nil) throws -> LeadEvent {
    try Bodies.event(body, trigger: trigger)
  }

  /// What of the person is newer is another matter: each body says a little more or less.
  private func decisions(_ events: [LeadEvent]) -> [ImportDecision] {
    var known = ImportKnowledge(events: [], leads: [])
    return events.map {
      known.decide(
        known.recognised($0, in: "acme"),
        in: "acme",
        rules: ImportRules(),
        isRepeat: true
      )
    }
  }

  @Test func `a conversion in both bodies is one event, in either order`() throws {
    let one = try event(JSON(parsing: CaseBody.bytes("26a-one-shape")))
    let other = try event(JSON(parsing: CaseBody.bytes("26b-other-shape")))
    #expect(decisions([one, other]) == [.accept(first: true), .duplicate])
    #expect(decisions([other, one]) == [.accept(first: true), .duplicate])
    #expect(decisions([other, one, one, other]).dropFirst().allSatisfy { $0 == .duplicate })
  }

  @Test(
    arguments: [
      // The newer body's instant, the older body's, whether they are one.
      ("2026-03-09T14:02:10.544-03:00", "2026-03-09T17:02:10Z", true),
      ("2026-03-09T14:02:10.544-03:00", "2026-03-09T14:02:10.000-03:00", true),
      ("2026-03-09T17:02:10.544Z", "2026-03-09T14:02:11-03:00", true),
      ("2026-03-09T14:02:10.000-03:00", "2026-03-09T19:02:10.000+02:00", true),
      ("2026-03-09T14:03:10.000-03:00", "2026-03-09T14:02:10.000-03:00", false),
      ("2026-03-09T14:02:13.000-03:00", "2026-03-09T14:02:10.000-03:00", false),
    ]
  )
  func `the instant is compared to the second, whatever its zone`(
    current: String,
    legacy: String,
    isOne: Bool
  ) throws {
    let one = try event(Bodies.current(eventTimestamp: current))
    let other = try event(Bodies.legacy(convertedAt: legacy))
    for pair in [[one, other], [other, one]] {
      #expect((decisions(pair)[1] == .duplicate) == isOne)
    }
  }

  @Test(
    arguments: [
      ("Pedido de Orçamento", "pedido-de-orcamento", true),
      ("Orçamento: já!", "orcamento-ja", true),
      ("pedido_de_orcamento", "Pedido de orçamento", true), ("orcamento", "orcamento-2", false),
    ]
  )
  func `a form is one by its name and by its name in an address`(
    current: String,
    legacy: String,
    isOne: Bool
  ) throws {
    let one = try event(Bodies.current(identifier: current))
    let other = try event(Bodies.legacy(conversion: legacy))
    for pair in [[one, other], [other, one]] {
      #expect((decisions(pair)[1] == .duplicate) == isOne)
    }
  }

  @Test func `two marks some seconds apart are two`() throws {
    func mark(_ time: String) throws -> LeadEvent {
      try event(Bodies.current(type: "WEBHOOK.MARKED_OPPORTUNITY", eventTimestamp: time))
    }
    let first = try mark("2026-03-10T10:00:00.000-03:00")
    #expect(decisions([first, try mark("2026-03-10T10:00:02.000-03:00")])[1] == .duplicate)
    #expect(decisions([first, try mark("2026-03-10T10:00:04.000-03:00")])[1] != .duplicate)
  }

  @Test func `another form, another person and another count are other events`() throws {
    let one = try event(Bodies.current())
    #expect(decisions([one, try event(Bodies.legacy(conversion: "outra"))])[1] != .duplicate)
    let uuid = "11111111-3b8e-4c3a-9a5e-6f2b41d0c9aa"
    #expect(decisions([one, try event(Bodies.legacy(uuid: uuid))])[1] == .accept(first: true))
    var second = try event(Bodies.legacy(eventUUID: "9b6a2f1e-5d47-4c0e-8d1b-2f9f6f6d1a10"))
    second.number = 3
    #expect(decisions([try event(Bodies.legacy()), second])[1] == .accept(first: false))
  }

  @Test func `a mark in both bodies is one event, and another mark is another`() throws {
    let current = try event(
      Bodies.current(
        type: "WEBHOOK.MARKED_OPPORTUNITY",
        identifier: "default",
        eventTimestamp: "2026-03-10T10:00:01.300-03:00"
      )
    )
    func legacy(_ at: JSON) throws -> LeadEvent {
      try event(Bodies.legacy(opportunity: "true", markedAt: at), trigger: .opportunity)
    }
    let same = try legacy("2026-03-10T13:00:00Z")
    #expect(decisions([current, same])[1] == .duplicate)
    #expect(decisions([same, current])[1] == .duplicate)
    #expect(decisions([current, try legacy("2026-03-11T13:00:00Z")])[1] == .accept(first: false))
    #expect(decisions([try event(Bodies.legacy()), current])[1] == .accept(first: false))
  }

  @Test func `a recognised event has the id under which it was stored`() throws {
    let one = try event(Bodies.current())
    let stored = Occurrence(
      event: one.id,
      kind: .conversion,
      identifier: one.identifier,
      number: nil,
      at: try #require(one.occurredAt)
    )
    let lead = IntegrationKey("acme", try #require(one.leadID))
    let known = ImportKnowledge(events: [], leads: [lead], occurrences: [lead: [stored]])
    let body = Bodies.legacy { lead in
      lead["company"] = .some(.null)
      lead["custom_fields"] = ["Segmento": .null, "Porte": "Grande"]
    }
    let other = known.recognised(try event(body), in: "acme")
    #expect(other.id == stored.event)
    // The other form may have told what this one leaves empty.
    #expect(other.lead.cleared.isEmpty && other.lead.customFields.map(\.key) == ["Porte"])
  }
}
