import BeltStorage
import Leads
import RDStation
import StrictJSON
import Synchronization
import Testing
import Belt

@testable import Operations

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
    let person = ReconciliationStatements.RDUpdateLine.Person(
      uuid: nil,
      email: "ana@exemplo.com.br"
    )
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
    #expect(result.notes == ["RD Station (test): 1 conversions agree"])
    #expect(
      result.json == [
        "integration": "acme", "agree": true,
        "notes": ["RD Station (test): 1 conversions agree"], "differences": [],
      ]
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
    var book = ReconciliationStatements.CRMBook()
    book.differences = [.init(kind: .missingInCRM, opportunity: marker, title: "Ana")]
    result.compare(book)
    #expect(
      result.differences == [
        "the CRM lacks opportunity \(marker) “Ana”, which is confirmed here"
      ]
    )
  }

  @Test(arguments: [
    ("http://127.0.0.1:8090/rd", "http://127.0.0.1:8090"), ("https://api.rd.services", nil),
    ("https://api.rd.services/rd", nil), ("http://proxy.example", nil),
  ])
  func `a sandbox is known by its address`(url: String, base: String?) {
    #expect(SandboxBook(rdURL: url)?.baseURL == base)
  }

  @Test func `what was confirmed before the sandbox's book began is not compared`() {
    let fresh = Reconciliations.span(of: nil, now: "2026-03-09 10:00:00+00")
    #expect(fresh.since == "2026-03-09 10:00:00+00")
    #expect(fresh.note.contains("started anew and is empty"))
    let begun = Reconciliations.span(of: "2026-03-09T09:00:00Z", now: "2026-03-09 10:00:00+00")
    #expect(begun.since == "2026-03-09T09:00:00Z")
    #expect(begun.note.contains("started anew at 2026-03-09T09:00:00Z"))
  }

  @Test func `a quota that is used up is waited for, a minute at most`() async throws {
    let waits = Mutex<[Duration]>([])
    let pause = Pause { wait in waits.withLock { $0.append(wait) } }
    var calls = 0
    let answer = try await Reconciliations.waiting(pause) { () throws(CallError) -> Int in
      calls += 1
      if calls < 3 { throw CallError(.limited(.seconds(20)), of: .reads, at: .rdStation) }
      return calls
    }
    #expect(answer == 3)
    #expect(waits.withLock { $0 } == [.seconds(20), .seconds(20)])
    let refusal = await #expect(throws: Refusal.self) {
      try await Reconciliations.waiting(pause) { () throws(CallError) -> Int in
        throw CallError(.limited(.seconds(25)), of: .reads, at: .rdStation)
      }
    }
    #expect(refusal?.kind == .unavailable)
    #expect(refusal?.text.contains("Try again in 25 s") == true)
    #expect(waits.withLock { $0.count } == 4)
  }

  @Test func `a dead login is not waited for`() async {
    let refusal = await #expect(throws: Refusal.self) {
      try await Reconciliations.waiting { () throws(CallError) -> Int in
        throw CallError(.loginDead, of: .reads, at: .rdStation)
      }
    }
    #expect(refusal?.kind == .failed)
  }
}
