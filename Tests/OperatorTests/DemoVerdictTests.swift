@testable import LeadStorage
import Leads
import Testing
import Workers

@testable import Operator

@Suite struct DemoVerdictTests {
  /// Two conversions, one of them repeated and won: everybody's books agree.
  private var right: Books {
    var books = Books()
    books.run = SandboxRun(
      isDone: true,
      planned: 2,
      delivered: 2,
      repeats: 1,
      attempts: 3,
      failed: 0
    )
    books.arrivals = [
      books.arrival("a"), books.arrival("b"), books.arrival("a", state: "duplicate"),
    ]
    books.opportunities = [books.opportunity("a"), books.opportunity("b")]
    books.won = [Identifier(derivedFrom: "a", "opportunity")]
    books.effects = [books.effect("a"), books.effect("b"), books.effect("a", "sale")]
    books.entries = [
      books.entry("a", .opportunityCreated), books.entry("b", .opportunityCreated),
      books.entry("a", .sale, effect: "sale"),
      .init(effect: "sale", identifier: nil, marker: nil),
      .init(effect: "webhook", identifier: nil, marker: nil),
    ]
    return books
  }

  @Test func `books that agree are right, and the line has their figures`() {
    let verdict = right.verdict
    #expect(verdict.isRight)
    #expect(verdict.complaints == [])
    #expect(
      verdict.line
        == "demo: received 2, opportunities 2, rd_calls 4, ignored 0, dead 0, lost 0, duplicated 0"
    )
  }

  @Test func `an event that never arrived is lost`() {
    var books = right
    books.run.delivered = 3
    #expect(books.verdict.lost == 1)
    #expect(!books.verdict.isRight)
  }

  @Test func `an event that was accepted twice is duplicated`() {
    var books = right
    books.arrivals[2] = books.arrival("a")
    #expect(books.verdict.duplicated == 2)
    #expect(books.verdict.complaints.contains("1 events were accepted twice"))
  }

  @Test func `an ignored event owes no opportunity`() {
    var books = right
    books.arrivals[1] = books.arrival("b", state: "ignored")
    books.opportunities.removeLast()
    #expect(books.verdict.isRight)
    #expect(books.verdict.ignored == 1)
  }

  @Test func `an event without its opportunity is lost`() {
    var books = right
    books.opportunities.removeLast()
    #expect(books.verdict.lost == 1)
    #expect(books.verdict.complaints == ["1 events that start a trigger have no opportunity"])
  }

  @Test func `a second opportunity of an event is duplicated`() {
    var books = right
    books.opportunities.append(books.opportunity("b", id: "c"))
    books.effects.append(books.effect("c"))
    books.entries.append(books.entry("c", .opportunityCreated))
    #expect(books.verdict.duplicated == 1)
  }

  @Test func `records in the CRM are counted by their marker`() {
    var books = right
    books.opportunities[0] = books.opportunity("a", records: 2)
    books.opportunities[1] = books.opportunity("b", records: 0)
    #expect(books.verdict.duplicated == 1)
    #expect(books.verdict.lost == 1)
  }

  @Test func `a conversion that RD Station does not have is lost, and one too many duplicated`() {
    var missing = right
    missing.entries.removeFirst()
    #expect(missing.verdict.lost == 1)
    var twice = right
    twice.entries.append(twice.entries[1])
    #expect(twice.verdict.duplicated == 1)
    #expect(twice.verdict.lost == 0)
  }

  @Test func `a sale that RD Station does not have is lost`() {
    var books = right
    books.entries.removeAll { $0.effect == "sale" }
    #expect(books.verdict.lost == 1)
  }

  @Test func `dead letters and undelivered bodies are never right`() {
    var dead = right
    dead.dead = 1
    #expect(!dead.verdict.isRight)
    var failed = right
    failed.run.failed = 1
    #expect(!failed.verdict.isRight)
  }
}

/// Books made by hand; an event, its opportunity and its effects share a name.
private struct Books {
  var run = SandboxRun()
  var arrivals: [BooksReader.Arrival] = []
  var opportunities: [BooksReader.Opportunity] = []
  var entries: [DemoBooks.RDEntry] = []
  var effects: [DemoBooks.RDEffect] = []
  var won: Set<Identifier> = []
  var dead = 0

  func arrival(_ name: String, state: String = "accepted") -> BooksReader.Arrival {
    BooksReader.Arrival(
      message: Identifier(derivedFrom: name, "message"),
      state: state,
      event: Identifier(derivedFrom: name),
      kind: state == "accepted" ? "conversion" : nil,
      identifier: "orcamento"
    )
  }

  func opportunity(_ name: String, id: String? = nil, records: Int = 1) -> BooksReader.Opportunity {
    BooksReader.Opportunity(
      id: Identifier(derivedFrom: id ?? name, "opportunity"),
      event: Identifier(derivedFrom: name),
      email: "\(name)@example.com",
      crmRecords: records,
      status: "open",
      version: 1
    )
  }

  func effect(_ name: String, _ kind: String = "created") -> DemoBooks.RDEffect {
    DemoBooks.RDEffect(
      marker: Identifier(derivedFrom: name, kind),
      opportunity: Identifier(derivedFrom: name, "opportunity")
    )
  }

  func entry(_ name: String, _ conversion: StandardConversion, effect kind: String = "created")
    -> DemoBooks.RDEntry
  {
    DemoBooks.RDEntry(
      effect: "conversion",
      identifier: conversion.rawValue,
      marker: "\(Identifier(derivedFrom: name, kind))"
    )
  }

  var verdict: DemoVerdict {
    DemoVerdict(
      comparing: DemoBooks(
        run: run,
        settings: .demo,
        arrivals: arrivals,
        opportunities: opportunities,
        rdEntries: entries,
        rdEffects: effects,
        won: won,
        lost: [],
        dead: dead
      )
    )
  }
}

extension Settings {
  fileprivate static let demo = Settings(
    integration: "acme",
    rdAccount: "acme",
    crm: .embedded,
    importRules: ImportRules(),
    triggers: [Trigger(when: .anyConversion, owner: .everyone, pipeline: "Vendas", stage: "Novo")],
    centralizeBy: .contact,
    leadNameAsCompany: false,
    taxIDField: nil,
    oneOpenDealPerLead: false,
    fields: [],
    tags: .both,
    rdUpdates: RDUpdates(),
    lossReasonField: nil,
    catalogue: CRMCatalogue()
  )
}
