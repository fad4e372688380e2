import StrictJSON
import TestKit
import Testing
import Belt

@testable import Leads

struct OwnMarkTests {
  private static let event = Identifier(derivedFrom: "event")
  private static let minute: Int64 = 60_000

  private func time(_ seconds: Double?) -> Timestamp? {
    seconds.map { Timestamp(milliseconds: 1_800_000_000_000 + Int64($0 * 1000)) }
  }

  /// Times are seconds after the first call; the last call was made 20 minutes later.
  private func mark(echo: (event: String, at: Double?)? = nil) throws -> OwnMark {
    OwnMark(
      effect: Identifier(derivedFrom: "effect"),
      begunAt: try #require(time(0)),
      sentAt: try #require(time(1200)),
      echo: echo.map { .init(event: Identifier(derivedFrom: $0.event), at: time($0.at)) }
    )
  }

  @Test(
    arguments: [
      // At RD Station, here, and whether it is ours.
      (0.4, 1, true), (0, 1, true), (300, 301, true), (599, 700, true), (1200, 1201, true),
      (1799, 1800, true),
      // Told a day late: the mark's own time counts.
      (0.4, 86_400, true),
      // RD Station's clock is behind ours, by some seconds and by too much.
      (-5, 1, true), (-59, 1, true), (-61, 1, false),
      // Set and told before we began: a person was first.
      (-1, -0.5, false), (-3600, -3599, false),
      // Here the clock is behind, and RD Station's says that it was after our call.
      (2, -30, true),
      // Between two calls, and long after the last one: an hour, a day.
      (900, 901, false), (1801, 1802, false), (4800, 4801, false), (86_400, 86_401, false),
      // A body that does not tell its time is judged by when it came.
      (nil, 1, true), (nil, -120, false), (nil, 86_400, false), (nil, nil, false),
      // Who only rehearses does not know when it came.
      (0.4, nil, true), (-0.4, nil, true),
    ] as [(Double?, Double?, Bool)]
  )
  func `a mark is ours when it was set at the time of a call`(
    at: Double?,
    arrived: Double?,
    isOurs: Bool
  ) throws {
    let sighting = OwnMark.Sighting(event: Self.event, at: time(at), arrivedAt: time(arrived))
    #expect(try mark().explains(sighting) == isOurs)
  }

  @Test(
    arguments: [
      // The time that was told first, and this one.
      (0.4, 0.4, true), (0.4, 0, true), (0, 0.999, true), (0, 2, true),
      (0.4, 2.5, false), (0.4, 5, false), (0.4, 60, false),
      (0.4, 86_400, false), (nil, 2, true), (2, nil, true), (nil, 86_400, false),
    ] as [(Double?, Double?, Bool)]
  )
  func `once told, only the same mark is ours`(first: Double?, at: Double?, isOurs: Bool) throws {
    let sighting = OwnMark.Sighting(event: Self.event, at: time(at), arrivedAt: time(3))
    #expect(try mark(echo: ("another", first)).explains(sighting) == isOurs)
  }

  @Test func `the very event that was told first stays ours, whatever its time`() throws {
    let sighting = OwnMark.Sighting(event: Self.event, at: nil, arrivedAt: nil)
    #expect(try mark(echo: ("event", nil)).explains(sighting))
  }

  private func knowledge(_ events: [LeadEvent], echo: OwnMark.Echo? = nil) throws
    -> ImportKnowledge
  {
    let mark = OwnMark(
      effect: Identifier(derivedFrom: "effect"),
      begunAt: try #require(time(0)),
      sentAt: try #require(time(0)),
      echo: echo
    )
    return ImportKnowledge(
      events: [],
      leads: [],
      ownMarks: OwnMarks(
        events.map { (event: IntegrationKey("acme", $0.id), mark: mark) }
      )
    )
  }

  private func event(at seconds: Double, key: String) throws -> LeadEvent {
    let event = try Bodies.event(Bodies.current(type: "WEBHOOK.MARKED_OPPORTUNITY"))
    return event.elsewhere(under: key, at: time(seconds))
  }

  private func code(_ decision: ImportDecision) -> String {
    switch decision {
    case .accept: "accept"
    case .ignore(let reason), .hear(let reason, _), .putAside(let reason): reason.code
    case .duplicate, .renew: "duplicate"
    }
  }

  @Test func `of a batch one mark is taken for ours, in both forms, and the next is a person's`()
    throws
  {
    let echo = try event(at: 0.5, key: "current")
    let otherForm = try event(at: 0.5, key: "legacy")
    let later = try event(at: 120, key: "a person's")
    var known = try knowledge([echo, otherForm, later])
    let codes = [echo, otherForm, echo, later, later].map {
      code(known.decide($0, in: "acme", rules: ImportRules(), arrivedAt: time(200)))
    }
    #expect(codes == ["own_mark", "own_mark", "own_mark", "accept", "duplicate"])
    #expect(known.ownMarks.recognised.map(\.echo.event) == [echo.id])
  }

  @Test func `two marks of ours explain two marks and no third`() throws {
    let marks = try ["one", "two"].enumerated().map { place, name in
      OwnMark(
        effect: Identifier(derivedFrom: name),
        begunAt: try #require(time(Double(place) * 40)),
        sentAt: try #require(time(Double(place) * 40))
      )
    }
    let events = try [1, 41, 100].map { try event(at: $0, key: "\($0)") }
    var known = ImportKnowledge(
      events: [],
      leads: [],
      ownMarks: OwnMarks(
        events.flatMap { event in
          marks.map { (event: IntegrationKey("acme", event.id), mark: $0) }
        }
      )
    )
    let codes = events.map { code(known.decide($0, in: "acme", rules: ImportRules())) }
    #expect(codes == ["own_mark", "own_mark", "accept"])
  }

  @Test func `a mark that is dated ahead is judged by when it came`() throws {
    let ahead = try event(at: 7200, key: "ahead")
    var known = try knowledge([ahead])
    #expect(
      code(known.decide(ahead, in: "acme", rules: ImportRules(), arrivedAt: time(2))) == "own_mark"
    )
    #expect(known.ownMarks.recognised.map(\.echo.at) == [time(2)])
  }

  @Test func `our mark is known before any rule is asked, and a conversion is never a mark`() throws
  {
    let echo = try event(at: 0.5, key: "current")
    var conversion = try Bodies.event(Bodies.current())
    conversion.occurredAt = time(0.5)
    var known = try knowledge([echo, conversion])
    let rules = ImportRules(ignoredEmailDomains: ["exemplo.com.br"])
    #expect(code(known.decide(echo, in: "acme", rules: rules)) == "own_mark")
    #expect(code(known.decide(conversion, in: "acme", rules: ImportRules())) == "accept")
  }

  @Test(
    arguments: [
      "Cadastro criado no CRM", "cadastro criado no crm", " CADASTRO  CRIADO NO CRM ",
      "Cadastro\u{a0}criado no CRM", "cadastro-criado-no-crm", "cadastro_criado_no_crm",
      "Cadastro evoluído no CRM", "Venda gerada pelo CRM",
    ]
  )
  func `our own conversions are known however a body writes them, in both forms`(name: String)
    throws
  {
    let legacy = try Bodies.event(Bodies.legacy(conversion: name))
    let current = try Bodies.event(Bodies.current(identifier: name))
    for event in [legacy, current] {
      #expect(ImportRules().refusal(of: event)?.code == "own_conversion")
    }
  }

  @Test(arguments: ["Cadastro criado no CRM da loja", "Cadastro", "Venda gerada pelo site"])
  func `a form that is only called alike is none of ours`(name: String) throws {
    #expect(ImportRules().refusal(of: try Bodies.event(Bodies.legacy(conversion: name))) == nil)
  }

  @Test(arguments: [nil, .flow, .conversion] as [HookTrigger?])
  func `what an automation flow sends after our own conversion is no new event`(
    trigger: HookTrigger?
  )
    throws
  {
    let body = Bodies.legacy(
      conversion: "Oportunidade gerada pelo CRM",
      opportunity: "true",
      markedAt: "2026-03-09T14:02:10.000-03:00"
    )
    let event = try Bodies.event(body, trigger: trigger)
    #expect(event.kind == .conversion)
    #expect(ImportRules().refusal(of: event)?.code == "own_conversion")
  }

  @Test
  func `a mark after our own conversion has the mark's time and key, and no visitor's origin`()
    throws
  {
    func mark(_ conversion: String) throws -> LeadEvent {
      let body = Bodies.legacy(
        conversion: conversion,
        opportunity: "true",
        markedAt: "2026-03-09T15:00:00.000-03:00"
      )
      return try Bodies.event(body, trigger: .opportunity)
    }
    let ours = try mark("Cadastro criado no CRM")
    let visitors = try mark("pedido-de-orcamento")
    #expect(ours.kind == .opportunityMark)
    #expect(ours.occurredAt == Timestamp("2026-03-09T15:00:00.000-03:00"))
    #expect(ours.key == visitors.key)
    #expect(visitors.origin != nil && ours.origin == nil)
  }
}
