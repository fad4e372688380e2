import Leads
import StrictJSON
import TestKit
import Testing

struct RDWebhookBodyTests {
  @Test(.behaviour("B005", "B023"))
  func `the older body gives a conversion with its identifier, origin and lead`() throws {
    let event = try Bodies.event(Bodies.legacy())
    #expect(event.kind == .conversion)
    #expect(event.identifier == "pedido-de-orcamento")
    #expect(event.origin == "google / cpc")
    #expect(event.number == 2)
    #expect(event.occurredAt == Timestamp("2026-03-09T17:02:10Z"))
    #expect(event.lead.company == "Prado Metais Ltda")
    #expect(event.lead.mobilePhone == "+55 (11) 97000-1234")
    #expect(event.lead.fitLetter == "B")
    #expect(event.lead.lifecycleStage == .qualifiedLead)
    #expect(event.lead.isOpportunity == false)
    #expect(event.lead.tags == ["galvanizacao", "feira-2026"])
    #expect(event.lead.field("Segmento de atuação") == "Indústria")
  }

  @Test(.behaviour("B005"))
  func `the current body gives the same lead`() throws {
    let event = try Bodies.event(Bodies.current())
    #expect(event.kind == .conversion)
    #expect(event.identifier == "pedido-de-orcamento")
    #expect(event.lead.company == "Prado Metais Ltda")
    #expect(event.lead.ownerEmail == "vendas@exemplo.com.br")
    #expect(event.lead.lifecycleStage == .qualifiedLead)
    #expect(event.lead.field("cf_linhas") == "tubos, perfis")
    #expect(event.origin == "Busca Paga | Google")
  }

  @Test(.behaviour("B007", "B032", "B033"))
  func `an opportunity mark is read from both bodies`() throws {
    let current = try Bodies.event(Bodies.current(type: "webhook.marked_opportunity"))
    #expect(current.kind == .opportunityMark)
    #expect(current.identifier == nil)
    let legacy = try Bodies.event(
      Bodies.legacy(opportunity: "true", markedAt: "2026-03-10T09:00:00.000-03:00")
    )
    #expect(legacy.kind == .opportunityMark)
  }

  @Test func `a mark is not swallowed as a repeat of the conversion before it`() throws {
    let conversion = try Bodies.event(Bodies.legacy())
    let mark = try Bodies.event(
      Bodies.legacy(opportunity: "true", markedAt: "2026-03-10T09:00:00.000-03:00")
    )
    #expect(conversion.key != mark.key)
  }

  @Test(.behaviour("B045"))
  func `marking again after unmarking is another event`() throws {
    let first = try Bodies.event(
      Bodies.legacy(opportunity: "true", markedAt: "2026-03-10T09:00:00.000-03:00")
    )
    let second = try Bodies.event(
      Bodies.legacy(opportunity: "true", markedAt: "2026-04-02T11:30:00.000-03:00")
    )
    #expect(first.key != second.key)
  }

  @Test func `a conversion after the mark is a conversion`() throws {
    let event = try Bodies.event(
      Bodies.legacy(opportunity: "true", markedAt: "2026-03-01T09:00:00.000-03:00")
    )
    #expect(event.kind == .conversion)
  }

  @Test func `the hook's address may say which trigger sent the older body`() throws {
    #expect(try Bodies.event(Bodies.legacy(), trigger: "opportunity").kind == .opportunityMark)
    let marked = Bodies.legacy(opportunity: "true", markedAt: "2026-03-10T09:00:00.000-03:00")
    #expect(try Bodies.event(marked, trigger: "conversion").kind == .conversion)
  }

  @Test func `a second delivery has the same key although its time of sending differs`() throws {
    let first = try Bodies.event(Bodies.current())
    let second = try Bodies.event(Bodies.current(timestamp: "2026-03-09T14:02:43.000-03:00"))
    #expect(first.key == second.key)
  }

  @Test func `two conversions on one identifier are two events`() throws {
    let first = try Bodies.event(Bodies.current())
    let second = try Bodies.event(Bodies.current(eventTimestamp: "2026-03-11T10:00:00.000-03:00"))
    #expect(first.key != second.key)
  }

  @Test func `without an event id the lead and the count tell conversions apart`() throws {
    let event = try Bodies.event(Bodies.legacy(eventUUID: nil))
    #expect(event.key == "conversion:7d1f0c52-3b8e-4c3a-9a5e-6f2b41d0c9aa:2")
  }

  @Test(.behaviour("B023"))
  func `missing optional fields never make a lead unreadable`() throws {
    let event = try Bodies.event(["leads": [["email": "ana@exemplo.com.br"]]])
    #expect(event.lead.email == "ana@exemplo.com.br")
    #expect(event.lead.tags == nil)
  }

  @Test func `one unreadable lead leaves the others`() throws {
    let good = Bodies.legacy()["leads"]?.array ?? []
    let items = try RDWebhookBody.items(of: ["leads": .array([7] + good)], trigger: nil)
    #expect(items.count == 2)
    #expect(throws: RDWebhookBody.Unreadable.self) { try items[0].get() }
    #expect(try items[1].get().lead.name == "Ana Prado")
  }

  @Test func `leads inside a string are read`() throws {
    let list = Bodies.legacy()["leads"] ?? nil
    let items = try RDWebhookBody.items(of: ["leads": .string(list.text)], trigger: nil)
    #expect(try items[0].get().lead.name == "Ana Prado")
  }

  @Test(arguments: [#"{}"#, #"{"leads":7}"#, #"[]"#, #"{"event_type":"X"}"#, #"{"leads":"{"}"#])
  func `a body of another shape is refused with a reason`(text: String) throws {
    let json = try JSON(parsing: Array(text.utf8))
    #expect(throws: RDWebhookBody.Unreadable.self) {
      try RDWebhookBody.items(of: json, trigger: nil)
    }
  }
}
