@testable import LeadStorage
import Leads
import Testing
import Workers

@testable import Operator

@Suite struct ReconciliationTests {
  private let marker = Identifier(derivedFrom: "marker")
  private let created = StandardConversion.opportunityCreated.rawValue

  private func compared(
    _ owed: Int,
    found: Int,
    people: Int = 1,
    isKnown: Bool = true,
    named name: String? = nil
  ) -> Reconciliation {
    var result = Reconciliation(integration: "acme")
    let person = ReconciliationReader.RDUpdateLine.Person(uuid: nil, email: "ana@exemplo.com.br")
    result.compare(
      (0..<owed).map { _ in
        .init(
          marker: marker,
          conversions: [created],
          people: Array(repeating: person, count: people)
        )
      },
      with: .init(
        lines: (0..<found).map { _ in .init(marker: marker, identifier: name ?? created) },
        source: "test"
      ),
      known: isKnown ? [marker] : []
    )
    return result
  }

  @Test func `books that agree have no difference`() {
    let result = compared(1, found: 1)
    #expect(result.differences == [])
    #expect(
      result.text
        == "acme: the books agree\n  RD Station (test): 1 conversions agree"
    )
    #expect(compared(1, found: 2, people: 2).differences == [])
  }

  @Test func `what RD Station lacks, has twice or nobody knows of is named`() {
    #expect(
      compared(1, found: 0).differences == [
        "RD Station lacks conversion “\(created)” of update \(marker), which is confirmed here"
      ]
    )
    #expect(
      compared(1, found: 2).differences == [
        "RD Station has conversion “\(created)” of update \(marker) 2 times"
      ]
    )
    #expect(compared(0, found: 1, isKnown: false).differences.count == 1)
    // An update that is under way is no difference, nor is a conversion of somebody else.
    #expect(compared(0, found: 1).differences == [])
    #expect(compared(0, found: 1, isKnown: false, named: "fale-conosco").differences == [])
  }

  @Test func `what the CRM lacks is named with its title`() {
    var result = Reconciliation(integration: "acme")
    var book = ReconciliationReader.CRMBook()
    book.differences = [.init(kind: .missingInCRM, opportunity: marker, title: "Ana")]
    result.compare(book)
    #expect(
      result.differences == [
        "the CRM lacks opportunity \(marker) “Ana”, which is confirmed here"
      ]
    )
    #expect(result.text.hasPrefix("acme: one difference\n"))
  }

  @Test(arguments: [
    ("http://127.0.0.1:8090/rd", "http://127.0.0.1:8090"), ("https://api.rd.services", nil),
    ("https://api.rd.services/rd", nil), ("http://proxy.example", nil),
  ])
  func `a sandbox is known by its address`(url: String, base: String?) {
    #expect(SandboxAccess(rdURL: url)?.baseURL == base)
  }

  @Test func `a moment is a span before now or a time with an offset`() {
    #expect(Moment("2h", now: 10_000_000)?.timestamp.milliseconds == 2_800_000)
    #expect(Moment("3d", now: 0)?.timestamp.milliseconds == -259_200_000)
    #expect(Moment("1970-01-01T00:00:01Z", now: 0)?.timestamp.milliseconds == 1_000)
    for text in ["", "h", "2", "2w", "-2h", "yesterday", "2026-03-09"] {
      #expect(Moment(text, now: 0) == nil, "\(text)")
    }
  }
}
