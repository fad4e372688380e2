import ArgumentParser
import Leads
import TestKit
import Testing
import Belt

@testable import Operations
@testable import Operator
@testable import CommandLineInterface

@Suite struct CommandLineTests {
  struct Line: Sendable, CustomTestStringConvertible {
    let words: [String]
    var testDescription: String { words.joined(separator: " ") }
    init(_ line: String) { words = line.split(separator: " ").map(String.init) }
  }

  @Test(arguments: [
    Line("migrate"), Line("topology apply"), Line("topology verify --json"),
    Line("apply -f acme.yaml"), Line("apply --check --file -"), Line("plan -f acme.yaml --json"),
    Line("diff acme"), Line("diff acme 1"), Line("diff acme 1 3 --json"), Line("fields acme"),
    Line("settings ls acme"), Line("settings show acme --version 2"), Line("settings schema"),
    Line("hook-url acme --crm"),
    Line("hook-url acme --trigger opportunity"), Line("explain ana@example.com --integration acme"),
    Line("ledger --watch --json"), Line("dead-letters ls"), Line("dead-letters record"),
    Line("dead-letters show 00000000-0000-0001-0000-000000000002"),
    Line("dead-letters retry --all --integration acme"),
    Line("dead-letters groups --stage rd-updater"),
    Line("dead-letters retry --not-there 00000000-0000-0001-0000-000000000002"),
    Line("dead-letters retry --there 4711 00000000-0000-0001-0000-000000000002"),
    Line("dead-letters ls --group rd-updater:rd_login_expired --since 2h --state discarded"),
    Line("dead-letters retry --all --dry-run"),
    Line("dead-letters retry --code rd_unavailable --until 2026-03-09T14:00:00Z --yes --pace 5"),
    Line("dead-letters discard --integration acme --reason tests"),
    Line("dead-letters discard 00000000-0000-0001-0000-000000000002 --reason tests"),
    Line(
      "dead-letters edit 00000000-0000-0001-0000-000000000002 --set leads.0.email=a@b.com --dry-run"
    ),
    Line("dead-letters edit 00000000-0000-0001-0000-000000000002 --body - --expect 0a"),
    Line("operations ls --json"), Line("operations run 00000000-0000-0001-0000-000000000002"),
    Line("operations pause 00000000-0000-0001-0000-000000000002"),
    Line("ledger --reconcile --limit 5"),
    Line("dead-letters retry 00000000-0000-0001-0000-000000000002"),
    Line("opportunity win 00000000-0000-0001-0000-000000000002 --value 1234.50"),
    Line("opportunity lose 00000000-0000-0001-0000-000000000002 --reason Preço"),
    Line("opportunity tag 00000000-0000-0001-0000-000000000002 --tags a b"),
    Line("opportunity ls --status won"), Line("doctor --http http://127.0.0.1:9090/livez"),
    Line("contact ls --standing prospect"),
    Line("contact convert ana@exemplo.com.br --to prospect --integration acme"),
    Line("contact convert 00000000-0000-0001-0000-000000000002 --to disqualified --json"),
  ])
  func `is understood`(_ line: Line) throws {
    _ = try Esteira.parseAsRoot(line.words)
  }

  @Test(arguments: [
    Line("fly"), Line("apply"), Line("plan"), Line("diff"), Line("diff acme 0"), Line("fields"),
    Line("diff acme first"), Line("settings show acme --version last"), Line("hook-url"),
    Line("hook-url acme --crm --trigger opportunity"),
    Line("hook-url acme --trigger flow2"), Line("dead-letters retry"),
    Line("dead-letters retry --not-there --all"), Line("dead-letters retry --there 4711 --all"),
    Line("dead-letters retry --not-there --there 47 00000000-0000-0001-0000-000000000002"),
    Line("dead-letters retry --not-there --group rd-updater:rd_outcome_undecidable"),
    Line("dead-letters show one"), Line("dead-letters discard --all"),
    Line("dead-letters retry --all --integration acme 00000000-0000-0001-0000-000000000002"),
    Line("dead-letters retry --yes"), Line("dead-letters retry --all --yes --dry-run"),
    Line("dead-letters retry --all --pace 0"), Line("dead-letters ls --stage console"),
    Line("dead-letters retry 00000000-0000-0001-0000-000000000002 --yes"),
    Line("dead-letters ls --since yesterday"), Line("operations run"),
    Line("dead-letters edit 00000000-0000-0001-0000-000000000002"),
    Line("dead-letters edit 00000000-0000-0001-0000-000000000002 --set email"),
    Line("dead-letters edit 00000000-0000-0001-0000-000000000002 --set a=b --body -"),
    Line("ledger --watch --reconcile"),
    Line("opportunity win 00000000-0000-0001-0000-000000000002 --value 1,50"),
    Line("opportunity move 00000000-0000-0001-0000-000000000002"),
    Line("opportunity ls --status sold"),
    Line("explain ana@example.com --limit 0"), Line("contact ls --standing customer"),
    Line("contact convert ana --to client"), Line("contact convert ana@exemplo.com.br"),
    Line("contact convert ana@exemplo.com.br --to lead"),
  ])
  func `is refused as wrong usage`(_ line: Line) {
    #expect(throws: (any Error).self) { try Esteira.parseAsRoot(line.words) }
  }

  @Test func `a table is as wide as its widest entry and has no space at its ends`() {
    var table = TextTable(["name", "n"], numbers: [1])
    table.add(["acme", "10"])
    table.add(["b", ""])
    #expect(table.text == "name   n\nacme  10\nb")
  }

  @Test func `a moment is a span before now or a time with an offset`() {
    #expect(Moment("2h", now: 10_000_000)?.timestamp.milliseconds == 2_800_000)
    #expect(Moment("3d", now: 0)?.timestamp.milliseconds == -259_200_000)
    #expect(Moment("1970-01-01T00:00:01Z", now: 0)?.timestamp.milliseconds == 1_000)
    for text in ["", "h", "2", "2w", "-2h", "yesterday", "2026-03-09"] {
      #expect(Moment(text, now: 0) == nil, "\(text)")
    }
  }

  @Test func `compared books are told with their differences`() {
    var result = Reconciliation(integration: "acme")
    #expect(ReconciliationText.text(of: result) == "acme: the books agree")
    result.note("CRM: 1 opportunities agree")
    var book = ReconciliationStatements.CRMBook()
    book.differences = [
      .init(kind: .missingHere, opportunity: Identifier(high: 1, low: 2), title: "Ana")
    ]
    result.compare(book)
    #expect(
      ReconciliationText.text(of: result) == """
        acme: one difference
          CRM: 1 opportunities agree
          CRM: 0 opportunities agree
          ! nothing here knows of opportunity 00000000-0000-0001-0000-000000000002 “Ana”, which the CRM has
        """
    )
  }

  @Test func `each kind of refusal has its exit status`() {
    let statuses = Refusal.Kind.allCases.map { ($0, ExitStatus.of($0)) }
    #expect(
      Dictionary(uniqueKeysWithValues: statuses) == [
        .invalid: 2, .notFound: 1, .conflict: 1, .failed: 1, .unavailable: 75,
      ]
    )
  }
}
