import BeltStorage
import LabBooks
import Leads
import Testing
import Operations

@testable import Lab

@Suite struct DemoVerdictTests {
  private static let ana = "ana@exemplo.com.br"
  private static let caio = "caio@exemplo.com.br"

  private static let settings = Settings(
    integration: "acme",
    rdAccount: "acme",
    crm: .embedded,
    triggers: [
      Trigger(when: .opportunityMark, owner: .everyone, pipeline: "MQL", stage: "Novo"),
      Trigger(when: .anyConversion, owner: .everyone, pipeline: "Vendas", stage: "Novo"),
    ],
    catalogue: CRMCatalogue()
  )

  private static func act(_ email: String, _ form: String? = "orcamento") -> PeopleOwed.Act {
    PeopleOwed.Act(email: email, contact: email, form: form)
  }

  private static func owed(
    _ settings: Settings = settings,
    held: [PeopleReader.Event: Int] = [:],
    acts: [(SellerAct, String)] = [(.win(value: "10.00"), ana)]
  ) -> PeopleOwed {
    var sold = PeopleSold()
    for (act, email) in acts { sold.count(act, of: email) }
    return PeopleOwed(
      acts: [act(ana), act(ana, nil), act(caio)],
      settings: settings,
      held: held,
      sold: sold
    )
  }

  /// Two people convert, one is marked by hand and bought; every book is as it should be.
  private static func right(_ owed: PeopleOwed = owed()) -> Figures {
    Figures(
      owed: owed,
      events: owed.events,
      deals: owed.deals,
      records: owed.deals,
      told: owed.told
    )
  }

  private static let placed = PlacedTag(tag: "feira", email: ana, side: .crm)

  private struct Figures {
    var owed: PeopleOwed
    var delivered = 9
    var failed = 0
    var arrivals = ["accepted": 3, "ignored": 5, "duplicate": 1]
    var events: [PeopleReader.Event: Int]
    var deals: [PeopleReader.Deal: Int]
    var records: [PeopleReader.Deal: Int]
    var parties: [CRMHoldings.Party: Int] = [.init(.contact, ana): 1, .init(.contact, caio): 1]
    var vanished = 0
    var tags: [PlacedTag: Int] = [placed: 1]
    var isSold = true
    var told: [PeopleOwed.Told: Int]
    var held = 0
    var dead = 0

    var verdict: DemoVerdict {
      DemoVerdict(
        comparing: DemoBooks(
          webhooks: SandboxTraffic(pending: 0, delivered: delivered, failed: failed),
          owed: owed,
          owedTags: [placed: 1],
          arrivals: arrivals,
          events: events,
          opportunities: deals,
          records: records,
          parties: parties,
          vanished: vanished,
          told: told,
          tags: tags,
          held: held,
          dead: dead
        ),
        isSold: isSold
      )
    }
  }

  @Test func `books that agree are right, and the line has their figures`() {
    let verdict = Self.right().verdict
    #expect(verdict.isRight)
    #expect(verdict.complaints == [])
    #expect(
      verdict.line
        == "demo: received 9, opportunities 3, rd_calls 11, ignored 6, held 0, dead 0, lost 0, "
        + "duplicated 0 in 4 books: the generator's, ours, the CRM's and RD Station's"
    )
  }

  @Test func `what a person did owes an opportunity by its trigger, and RD Station is told of it`()
  {
    let owed = Self.owed()
    #expect(owed.deals[.init(email: Self.ana, pipeline: "Vendas")] == 1)
    #expect(owed.deals[.init(email: Self.ana, pipeline: "MQL")] == 1)
    func told(_ email: String, _ effect: String, _ identifier: StandardConversion? = nil) -> Int? {
      owed.told[.init(email: email, effect: effect, identifier: identifier?.rawValue)]
    }
    #expect(told(Self.ana, "conversion", .created) == 1)
    #expect(told(Self.ana, "conversion", .evolved) == 1)
    #expect(told(Self.ana, "conversion", .opportunityCreated) == 2)
    // A lead that came by its mark is marked already.
    #expect(told(Self.ana, "opportunity") == 1)
    #expect(told(Self.ana, "sale") == 1)
    #expect(told(Self.caio, "conversion", .evolved) == nil)
  }

  @Test func `a second opportunity of a person is seen in our book and in the CRM's`() {
    var ours = Self.right()
    ours.deals[.init(email: Self.caio, pipeline: "MQL"), default: 0] += 1
    #expect(ours.verdict.duplicated == 1)
    #expect(ours.verdict.complaints.first?.contains("second opportunity") == true)
    var theirs = Self.right()
    theirs.records[.init(email: Self.caio, pipeline: "MQL"), default: 0] += 1
    #expect(theirs.verdict.duplicated == 1)
    #expect(!theirs.verdict.isRight)
  }

  @Test func `our own mark let in as an event is one too many`() {
    var books = Self.right()
    let mark = PeopleReader.Event(email: Self.caio, kind: "opportunity_mark", identifier: nil)
    books.events[mark] = 1
    #expect(books.verdict.duplicated == 1)
  }

  @Test func `an opportunity that the CRM does not hold is lost`() {
    var books = Self.right()
    books.records[.init(email: Self.ana, pipeline: "MQL")] = nil
    #expect(books.verdict.lost == 1)
    #expect(!books.verdict.isRight)
  }

  @Test func `what RD Station was not told is lost, and told twice is duplicated`() {
    var missing = Self.right()
    missing.told[.init(email: Self.ana, effect: "sale")] = nil
    #expect(missing.verdict.lost == 1)
    var twice = Self.right()
    twice.told[.init(email: Self.ana, effect: "opportunity")] = 2
    #expect(twice.verdict.duplicated == 1)
  }

  @Test func `a held event owes nothing yet, and is told as held`() {
    let event = PeopleReader.Event(email: Self.caio, kind: "conversion", identifier: "orcamento")
    var books = Self.right(Self.owed(held: [event: 1]))
    books.held = 1
    #expect(books.owed.deals[.init(email: Self.caio, pipeline: "Vendas")] == nil)
    #expect(books.owed.events[event] == 1)
    #expect(books.verdict.isRight)
    #expect(books.verdict.line.contains("held 1"))
  }

  @Test func `an act that the import rules keep out owes nothing`() {
    var settings = Self.settings
    settings.importRules.ignoredEmailDomains = ["exemplo.com.br"]
    #expect(Self.owed(settings).events == [:])
    #expect(Self.owed(settings).deals == [:])
  }

  @Test func `where a trigger may make none, none is lost, but a second one is too many`() {
    var settings = Self.settings
    settings.triggers[0].onRepeat = .onlyIfClosed
    var books = Self.right(Self.owed(settings))
    books.records[.init(email: Self.ana, pipeline: "MQL")] = nil
    #expect(books.verdict.isRight)
    books.records[.init(email: Self.ana, pipeline: "Vendas")] = 2
    #expect(books.verdict.duplicated == 1)
  }

  @Test func `a webhook that was answered and never arrived is lost`() {
    var books = Self.right()
    books.delivered = 10
    #expect(books.verdict.lost == 1)
  }

  @Test func `dead letters and webhooks that were given up are never right`() {
    var dead = Self.right()
    dead.dead = 1
    #expect(!dead.verdict.isRight)
    var failed = Self.right()
    failed.failed = 1
    #expect(!failed.verdict.isRight)
  }

  @Test func `a second record of a person or a company in the CRM is duplicated`() {
    var books = Self.right()
    books.parties[.init(.company, "Prado Metais Ltda")] = 2
    #expect(books.verdict.duplicated == 1)
    #expect(books.verdict.complaints.first?.contains("people and companies") == true)
  }

  @Test func `a record that the CRM's ledger has and its screens do not show is lost`() {
    var books = Self.right()
    books.vanished = 1
    #expect(books.verdict.lost == 1)
  }

  @Test func `a tag that did not come over is lost`() {
    var books = Self.right()
    books.tags = [:]
    #expect(books.verdict.lost == 1)
  }

  @Test func `an opportunity that was lost and opened again is marked once more at RD Station`() {
    let acts: [(SellerAct, String)] = [(.lose(reason: "Preço"), Self.caio), (.reopen, Self.caio)]
    let owed = Self.owed(acts: acts)
    #expect(owed.told[.init(email: Self.caio, effect: "lost")] == 1)
    #expect(owed.told[.init(email: Self.caio, effect: "opportunity")] == 2)
  }

  @Test func `only in our own CRM a sale makes a client of whom RD Station is told`() {
    var settings = Self.settings
    let client = PeopleOwed.Told(
      email: Self.ana,
      effect: "conversion",
      identifier: StandardConversion.client.rawValue
    )
    #expect(Self.owed(settings).told[client] == 1)
    settings.crm = .totvs
    #expect(Self.owed(settings).told[client] == nil)
  }

  @Test func `where nobody could sell, the last line says so`() {
    var books = Self.right()
    books.isSold = false
    #expect(books.verdict.line.hasSuffix("; nobody sold: the CRM's changes are not asked for yet"))
  }
}
