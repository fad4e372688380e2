import EmbeddedCRM
import Foundation
import BeltStorage
import Leads
import Logging
import Observability
import Postgres
import StrictJSON
import Testing
import Belt
import Operations

@testable import Operator
@testable import Sandbox
@testable import CommandLineInterface

/// T28: each hostile text goes through the whole belt and is stored exactly, or refused with a reason.
@Suite(.timeLimit(.minutes(4)))
struct HostileTextTests {
  /// What the parser refuses, and what nothing is left of when it is trimmed.
  private static func isRefused(_ text: String) -> Bool {
    text.unicodeScalars.contains("\0")
      || text.unicodeScalars.count { $0.properties.generalCategory == .nonspacingMark } > 256
  }

  private static func line(_ text: String) -> String? {
    var trimmed = text[...].drop(while: \.isWhitespace)
    while trimmed.last?.isWhitespace == true { trimmed.removeLast() }
    return trimmed.isEmpty ? nil : String(trimmed).precomposedStringWithCanonicalMapping
  }

  /// Each text in every place of a lead where a person can write.
  private static func message(_ number: Int, _ text: String) -> Message {
    Webhook.conversion(of: number, identifier: text) {
      $0["name"] = .string(text)
      $0["company"] = ["name": .string(text)]
      $0["city"] = .string(text)
      $0["tags"] = [.string(text)]
      $0["cf_texto"] = .string(text)
      $0["cf_lista"] = [.string(text)]
    }
  }

  private static func bytes(_ text: String?) -> [UInt8]? { text.map { Array($0.utf8) } }

  @Test func `the corpus is large, and nothing of it stands there twice`() {
    #expect(HostileText.texts.count + HostileText.bodies.count >= 300)
    let texts = HostileText.texts.map { Array($0.utf8) }
    let double = texts.enumerated().filter { texts[..<$0.offset].contains($0.element) }
    #expect(double.map { HostileText.texts[$0.offset].debugDescription } == [])
    #expect(Set(HostileText.bodies.map(\.what)).count == HostileText.bodies.count)
  }

  @Test func `every text is stored exactly or refused, and told on as it is`() async throws {
    try await withBelt { belt in
      try await belt.apply(
        .secure {
          $0.catalogue.fields = [.init(name: "texto", type: .textArea)]
          $0.fields = [FieldMapping(crm: "texto", rd: "cf_texto", fallback: nil)]
          // Some are what people fill a field with; here each is a value.
          $0.reading.fillers = Fillers(
            kept: HostileText.texts.filter {
              $0.utf8.count <= 80 && !$0.unicodeScalars.contains("\0")
            }
          )
        }
      )
      let texts = HostileText.texts
      try await belt.run(texts.enumerated().map { Self.message($0.offset, $0.element) })
      #expect(belt.wire.parked.map(\.reason) == [], "nothing was given up")

      let reader = Journeys(pool: belt.pool)
      for (number, text) in texts.enumerated() {
        let about = Comment(rawValue: text.debugDescription)
        let arrival = Self.message(number, text).id
        let journey = try #require(
          try await reader.journeys(of: "\(arrival)", in: "acme").first,
          about
        )
        #expect(!journey.lines.isEmpty, about)
        try Self.checkShown(journey, about)
        if Self.isRefused(text) {
          #expect(journey.arrivalState == "invalid", about)
          continue
        }
        #expect(journey.arrivalState == "accepted", about)
        let lead = try #require(journey.lead, about)
        let row = try await belt.pool.run(
          "select profile, custom_fields from lead where integration_id = 'acme' and id = \(lead)"
        )[0]
        let (profile, custom) = (try row.json(0), try row.json(1))
        let whole = text.precomposedStringWithCanonicalMapping
        // A custom field is kept to the last blank, unless it is nothing else.
        if let kept = custom["cf_texto"]?.string {
          #expect(Self.bytes(kept) == Self.bytes(whole), about)
          #expect(Self.bytes(custom["cf_lista"]?.array?.first?.string) == Self.bytes(whole), about)
        } else {
          let isBlank = text.allSatisfy(\.isWhitespace)
          #expect(isBlank, about)
        }
        let name = profile["name"]?.string
        if let line = Self.line(text), !text.contains(where: \.isWhitespace) || line == whole {
          #expect(Self.bytes(name) == Self.bytes(line), about)
          #expect(Self.bytes(profile["city"]?.string) == Self.bytes(line), about)
          #expect(Self.bytes(profile["tags"]?.array?.first?.string) == Self.bytes(line), about)
          let deal = try await belt.pool.run(
            """
            select e.title, e.tags, e.fields from embedded_opportunity e
            join opportunity o on o.integration_id = e.integration_id and o.id = e.marker
            where o.integration_id = 'acme' and o.lead_id = \(lead)
            """
          ).first
          let record = try #require(deal, about)
          let (title, tags) = (try record.string(0), try record.json(1))
          #expect(Self.bytes(title) == Self.bytes(line), about)
          #expect(Self.bytes(tags.array?.first?.string) == Self.bytes(line), about)
        }
      }
      Self.checkLines(belt)
    }
  }

  @Test func `a loss for any reason is told to RD Station in the words of the CRM`() async throws {
    try await withBelt { belt in
      try await belt.apply(.secure())
      let reasons = HostileText.texts.filter {
        $0.utf8.count <= 80 && !$0.unicodeScalars.contains("\0") && !Self.isRefused($0)
      }
      let desk = SalesDesk(pool: belt.pool)
      try await belt.run(reasons.indices.map { Webhook.conversion(of: $0) })
      let rows = try await belt.pool.run(
        """
        select o.id, l.email_key from opportunity o
        join lead l on l.integration_id = o.integration_id and l.id = o.lead_id
        """
      )
      #expect(rows.count == reasons.count)
      var expected: [[UInt8]] = []
      var hooks: [Message] = []
      for (row, reason) in zip(rows, reasons) {
        let id = try row.identifier(0)
        let changed = try #require(try await desk.act(.lose(reason: reason), on: id, in: "acme"))
        #expect(Self.bytes(changed.state.lossReason) == Self.bytes(reason))
        expected.append(Array(reason.utf8))
        hooks.append(
          Message(
            id: Identifier(derivedFrom: "lost", "\(id)"),
            type: OpportunityChanged.type,
            stage: Flow.rdUpdater.stage,
            integration: "acme",
            journey: id,
            body: OpportunityChanged(opportunity: id, version: changed.state.version).json.encoded
          )
        )
      }
      try await belt.run(hooks)
      #expect(belt.wire.parked.map(\.reason) == [])
      let told = try belt.sandbox.ledger.lines(after: 0, limit: .max).map { try JSON(parsing: $0) }
        .filter { $0["effect"]?.string == "lost" }.compactMap { $0["value"]?.string }
      #expect(Set(told.map { Array($0.utf8) }) == Set(expected))
      #expect(told.count == expected.count)
      Self.checkLines(belt)
    }
  }

  @Test func `every broken body is refused with its reason, and nothing is stored of it`()
    async throws
  {
    try await withBelt { belt in
      try await belt.apply(.secure())
      try await belt.run(HostileText.bodies.map { Webhook.message($0.bytes, $0.what) })
      let reader = Journeys(pool: belt.pool)
      for (what, bytes) in HostileText.bodies {
        let about = Comment(rawValue: what)
        let id = Webhook.message(bytes, what).id
        // An empty list of leads is no lead at all.
        for journey in try await reader.journeys(of: "\(id)", in: "acme") {
          #expect(journey.arrivalState == "invalid", about)
          #expect(journey.lines.contains { $0.code == "body_unreadable" }, about)
          try Self.checkShown(journey, about)
        }
        let journeys = try await reader.journeys(of: "\(id)", in: "acme")
        #expect(!journeys.isEmpty, about)
        let stored = try await belt.pool.run(
          "select body from webhook_archive where integration_id = 'acme' and message_id = \(id)"
        )
        #expect(try stored.first?.bytes(0) == bytes, about)
      }
      #expect(try await belt.count("select count(*) from lead") == 0)
      #expect(belt.wire.parked.isEmpty)
      Self.checkLines(belt)
    }
  }

  /// A person who asks why sees letters only.
  private static func checkShown(_ journey: LeadJourney, _ about: Comment) throws {
    let text = JourneyText.text(of: [journey])
    #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || !isTreacherous($0) }, about)
    #expect(
      text.split(separator: "\n", omittingEmptySubsequences: false).count
        == 2 + journey.lines.count + (journey.opportunity == nil ? 0 : 1)
        + journey.deadLetters.count + ToldText.sentences(on: journey).count,
      about
    )
    let json = journey.json.text.shownAsJSON
    #expect(json.unicodeScalars.allSatisfy { !isTreacherous($0) }, about)
    #expect(try JSON(parsing: Array(json.utf8), depth: 128) == journey.json, about)
    var table = TextTable(["name", "x"])
    table.add([journey.name ?? "", "y"])
    #expect(table.text.unicodeScalars.count { $0 == "\n" } == 1, about)
  }

  /// A log has one line an entry, and no letter that a terminal obeys.
  private static func checkLines(_ belt: Belt) {
    for line in belt.lines.all {
      #expect(line.last == "\n" && !line.dropLast().unicodeScalars.contains(where: isTreacherous))
    }
    #expect(!Belt.metrics.text().unicodeScalars.contains { $0 != "\n" && isTreacherous($0) })
  }

  @Test func `a log line stays one line whatever it is given`() {
    let lines = Lines()
    for text in HostileText.texts {
      lines.logger.error("\(text)", metadata: ["reason": "\(text)", "error": ["\(text)"]])
    }
    #expect(lines.all.count == HostileText.texts.count)
    for line in lines.all {
      #expect(line.hasSuffix("\n"))
      #expect(!line.dropLast().unicodeScalars.contains(where: Self.isTreacherous), "\(line)")
    }
  }

  /// Written out anew, so that a hole in the programs' own list is found.
  private static func isTreacherous(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: true
    default: scalar.properties.isBidiControl && !["\u{200E}", "\u{200F}"].contains(scalar)
    }
  }
}
