import Belt
import StrictJSON
import TestKit
import Testing

@testable import Leads

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
    #expect(try Bodies.event(Bodies.legacy(), trigger: .opportunity).kind == .opportunityMark)
    let marked = Bodies.legacy(opportunity: "true", markedAt: "2026-03-10T09:00:00.000-03:00")
    #expect(try Bodies.event(marked, trigger: .conversion).kind == .conversion)
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
    let items = try RDWebhookBody.items(of: ["leads": .array([7] + good)], in: "acme", trigger: nil)
    #expect(items.count == 2)
    #expect(throws: RDWebhookBody.Unreadable.self) { try items[0].get() }
    #expect(try items[1].get().lead.name == "Ana Prado")
  }

  @Test func `leads inside a string are read`() throws {
    let list = Bodies.legacy()["leads"] ?? nil
    let items = try RDWebhookBody.items(of: ["leads": .string(list.text)], in: "acme", trigger: nil)
    #expect(try items[0].get().lead.name == "Ana Prado")
  }

  @Test(arguments: [#"{}"#, #"{"leads":7}"#, #"[]"#, #"{"event_type":"X"}"#, #"{"leads":"{"}"#])
  func `a body of another shape is refused with a reason`(text: String) throws {
    let json = try JSON(parsing: Array(text.utf8))
    #expect(throws: RDWebhookBody.Unreadable.self) {
      try RDWebhookBody.items(of: json, in: "acme", trigger: nil)
    }
  }

  @Test func `a lead that nothing names, or that a name too long names, is refused`() throws {
    let long = String(repeating: "a", count: 256)
    for (change, detail) in [
      (
        ["uuid": .null, "id": .null, "email": "ana"],
        "the lead has neither uuid, id nor a valid e-mail"
      ),
      (["uuid": .string(long)], "its uuid is longer than 255 characters"),
      (["email": .string(long + "@exemplo.com.br")], "its email is longer than 255 characters"),
    ] as [([String: JSON], String)] {
      let body = Bodies.legacy { lead in for (key, value) in change { lead[key] = value } }
      let item = try RDWebhookBody.items(of: body, in: "acme", trigger: nil)[0]
      #expect(item == .failure(RDWebhookBody.Unreadable(detail: detail)))
    }
  }

  @Test func `a lead with nothing but RD's older id is a lead`() throws {
    let body: JSON = ["leads": [["id": 4_810_275_533]]]
    let event = try Bodies.event(body)
    #expect(event.lead.rdID == "4810275533")
    #expect(event.leadID != nil)
    #expect(event.leadID != (try Bodies.event(body, in: "other").leadID))
  }

  @Test func `a body of more than a thousand leads is refused whole`() throws {
    let lead = Bodies.legacy()["leads"]?.array?.first ?? .null
    func items(_ count: Int) throws -> Int {
      let body: JSON = ["leads": .array(Array(repeating: lead, count: count))]
      return try RDWebhookBody.items(of: body, in: "acme", trigger: nil).count
    }
    #expect(try items(1_000) == 1_000)
    #expect(throws: RDWebhookBody.Unreadable.self) { try items(1_001) }
  }

  @Test func `a lead of more than a thousand custom fields is refused`() throws {
    func body(_ count: Int) -> JSON {
      Bodies.legacy { lead in
        lead["custom_fields"] = .object(
          JSON.Members((0..<count).map { .init(key: "campo \($0)", value: "a") })
        )
      }
    }
    #expect(try Bodies.event(body(1_000)).lead.field("cf_campo_999") == "a")
    #expect(throws: RDWebhookBody.Unreadable.self) { try Bodies.event(body(1_001)) }
  }
}

/// The action “Enviar leads para integração” of an automation flow (B018): it posts the older body,
/// whatever started the flow.
struct FlowBodyTests {
  struct Start: CustomTestStringConvertible {
    let testDescription: String
    let body: JSON
    let kind: LeadEvent.Kind
    let identifier: String?
  }

  @Test(
    .behaviour("B018", "B020"),
    arguments: [
      Start(
        testDescription: "converted in an event",
        body: Bodies.legacy(),
        kind: .conversion,
        identifier: "pedido-de-orcamento"
      ),
      Start(
        testDescription: "entered a segmentation list, never converted",
        body: Bodies.flow(),
        kind: .conversion,
        identifier: nil
      ),
      Start(
        testDescription: "entered a segmentation list, converted long ago",
        body: Bodies.legacy(convertedAt: "2019-01-09T14:02:10.000-03:00"),
        kind: .conversion,
        identifier: "pedido-de-orcamento"
      ),
      Start(
        testDescription: "marked as opportunity",
        body: Bodies.legacy(opportunity: "true", markedAt: "2026-03-10T09:00:00.000-03:00"),
        kind: .opportunityMark,
        identifier: nil
      ),
      Start(
        testDescription: "marked as opportunity, never converted",
        body: Bodies.flow { $0["opportunity"] = "true" },
        kind: .opportunityMark,
        identifier: nil
      ),
      Start(
        testDescription: "a field of the lead",
        body: Bodies.flow { lead in
          lead["last_conversion"] = JSON?.none
          lead["number_conversions"] = JSON?.none
        },
        kind: .conversion,
        identifier: nil
      ),
    ],
    [nil, .flow] as [HookTrigger?]
  )
  func `whatever started the flow, the lead is read the same`(start: Start, trigger: HookTrigger?)
    throws
  {
    let event = try Bodies.event(start.body, trigger: trigger)
    #expect(event.kind == start.kind)
    #expect(event.identifier == start.identifier)
    var lead = event.lead
    lead.isOpportunity = false
    var usual = try Bodies.event(Bodies.legacy()).lead
    // Only the conversion's form knows this number.
    if start.identifier == nil { lead.mobilePhone = usual.mobilePhone }
    lead.cleared.remove("mobile_phone")
    usual.cleared.remove("mobile_phone")
    if start.kind == .opportunityMark { lead.mobilePhone = usual.mobilePhone }
    #expect(lead == usual)
  }

  @Test(.behaviour("B020"))
  func `a second delivery of a flow's body is the same event, in whatever order its members stand`()
    throws
  {
    let first = try Bodies.event(Bodies.flow())
    var turned = JSON.Members(Bodies.flow()["leads"]?.array?.first?.members?.reversed() ?? [])
    #expect(try Bodies.event(["leads": [.object(turned)]]).key == first.key)
    turned["city"] = "Campin\u{41}s"
    #expect(try Bodies.event(["leads": [.object(turned)]]).key != first.key)
  }

  @Test(.behaviour("B020"))
  func `a later run of a flow that says something new of the lead is another event`() throws {
    let first = try Bodies.event(Bodies.flow())
    let later = try Bodies.event(Bodies.flow { $0["custom_fields"] = ["Fase": "Proposta"] })
    let other = try Bodies.event(
      Bodies.flow { $0["uuid"] = "00000000-3b8e-4c3a-9a5e-6f2b41d0c9aa" }
    )
    #expect(Set([first.key, later.key, other.key]).count == 3)
  }

  @Test func `a flow's run for a lead that converted is no second event of that conversion`() throws
  {
    let conversion = try Bodies.event(Bodies.legacy(), trigger: .conversion)
    let run = try Bodies.event(
      Bodies.legacy { $0["custom_fields"] = ["Fase": "Proposta"] },
      trigger: .flow
    )
    #expect(run.key == conversion.key)
  }

  @Test(.behaviour("B023"))
  func `whatever members of a lead are missing, it is read while one names it`() throws {
    let members = Bodies.legacy()["leads"]?.array?.first?.members ?? []
    for member in members {
      let without = Bodies.legacy { $0[member.key] = JSON?.none }
      let empty = Bodies.legacy { $0[member.key] = .some(.null) }
      for body in [without, empty] {
        let event = try Bodies.event(body)
        #expect(event.leadID != nil, "\(member.key)")
      }
    }
    let contact = Bodies.current()["contact"]?.members ?? []
    for member in contact {
      let event = try Bodies.event(Bodies.current { $0[member.key] = JSON?.none })
      #expect(event.leadID != nil, "\(member.key)")
    }
  }
}
