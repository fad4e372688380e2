import BeltStorage
import Leads
import Postgres
import StrictJSON
import TestKit
import Testing
import Belt
import Operations

@Suite(.timeLimit(.minutes(2)))
struct RehearsalFlowTests {
  private static let settings = Settings.flow {
    $0.importRules.ignoredEmailDomains = ["concorrente.com.br"]
    $0.triggers[1].onRepeat = .reuseOpen
    $0.triggers[1].owner = .team("sp")
    $0.catalogue.teams = [.init(name: "sp", members: ["ana@acme.com.br", "bia@acme.com.br"])]
    $0.catalogue.fields = [
      .init(name: "empresa", type: .choice, options: (0..<5).map { "Empresa \($0)" })
    ]
    $0.fields = [FieldMapping(crm: "empresa", rd: "company", fallback: nil, onMismatch: .hold)]
  }

  private func rehearse(_ message: Message, _ belt: Belt) async throws -> Rehearsal {
    let content = WebhookContent(of: message)
    var state = try await Rehearsals(pool: belt.pool).state(
      for: content.events,
      Self.settings
    )
    return state.rehearse(try #require(content.events.first))
  }

  @Test func `a rehearsal says beforehand what the stages then do, and changes nothing`()
    async throws
  {
    try await withBelt { belt in
      try await belt.apply(Self.settings)
      var webhooks = Webhooks()
      var seen: Set<Rehearsal.Outcome> = []
      for step in 0..<40 {
        let person = step * 7 % 12
        let message = webhooks.conversion(
          person,
          minute: step,
          email: person == 11 ? "x@concorrente.com.br" : nil,
          type: step % 5 == 0 ? "WEBHOOK.MARKED_OPPORTUNITY" : "WEBHOOK.CONVERTED"
        )
        let before = try await belt.count("select count(*) from journey")
        let foretold = try await rehearse(message, belt)
        #expect(try await belt.count("select count(*) from journey") == before)
        try await belt.run([message])
        let line = try await belt.pool.run(
          """
          select code, sentence from journey
          where stage in ('lead-importer', 'opportunity-creator') order by at desc limit 1
          """
        )[0]
        #expect(try line.string(0) == foretold.reason.code)
        #expect(try line.string(1).hasPrefix(foretold.reason.sentence), "\(step)")
        seen.insert(foretold.outcome)
        if step % 8 == 0 {
          #expect(try await rehearse(message, belt).outcome == foretold.repeated)
        }
      }
      #expect(seen == [.created, .revised, .held, .ignored])
    }
  }

  @Test func `a draft is compared with the settings in force over the archived webhooks`()
    async throws
  {
    try await withBelt { belt in
      try await belt.apply(Self.settings)
      var webhooks = Webhooks()
      let now = Int64(try await belt.count("select (extract(epoch from now()) * 1000)::bigint"))
      let messages = (0..<20).map { step in
        var message = webhooks.conversion(step, minute: step)
        message.arrivedAt = now
        return message
      }
      try await belt.run(messages)
      var draft = Self.settings
      draft.fields = []
      var comparison = RehearsalComparison(Self.settings, draft, examples: 2)
      try await Rehearsals(pool: belt.pool).archived(of: "acme", days: 30) { page in
        for event in page.flatMap(\.events) { comparison.add(event) }
      }
      #expect(comparison.events == 20)
      #expect(comparison.before == [.created: 15, .held: 5], "\(comparison.before)")
      #expect(comparison.after == [.created: 20])
      #expect(comparison.changed[.outcome] == 5)
      #expect(comparison.examples.count == 2)
    }
  }
}

extension Rehearsal {
  /// How the same event ends when it is delivered again.
  fileprivate var repeated: Outcome { outcome == .ignored ? .ignored : .duplicate }
}
