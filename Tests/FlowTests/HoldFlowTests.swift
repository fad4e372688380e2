import BeltStorage
import Leads
import Postgres
import StrictJSON
import Synchronization
import TestKit
import Testing
import Belt
import Operations

@Suite(.timeLimit(.minutes(2)))
struct HoldFlowTests {
  /// The pipeline's segment must be one of the options, and a lead without a fitting one waits.
  private static func settings(_ options: [String]) -> Settings {
    .flow {
      $0.catalogue.fields = [.init(name: "empresa", type: .choice, options: options)]
      $0.fields = [FieldMapping(crm: "empresa", rd: "company", fallback: nil, onMismatch: .hold)]
    }
  }

  private static func released(_ belt: Belt) async throws -> [Message] {
    let sent = Mutex<[Message]>([])
    _ = try await Holds(pool: belt.pool).release(in: "acme") { messages in
      sent.withLock { $0 += messages.map(\.message) }
    }
    return sent.withLock { $0 }
  }

  @Test(.behaviour("B147"))
  func `a held lead waits with its reason and goes on once the settings change`() async throws {
    try await withBelt { belt in
      try await belt.apply(Self.settings(["Outra"]))
      var webhooks = Webhooks()
      try await belt.run([webhooks.conversion(1)], deliveries: 2)
      #expect(try await belt.count("select count(*) from opportunity") == 0)
      let waiting = try await Holds(pool: belt.pool).list().items
      #expect(waiting.map(\.reason.code) == ["field_value_held"])
      #expect(waiting.first?.reason.sentence.contains("“Empresa 1”") == true)
      #expect(waiting.first?.isDue == false)
      #expect(try await Self.released(belt).isEmpty, "nothing has changed")
      let held = try #require(try await Ledgers(pool: belt.pool).list().first)
      #expect((held.parked, held.held, held.done, held.isBalanced) == (1, 1, 0, true))

      try await belt.apply(Self.settings(["Outra", "Empresa 1"]))
      let messages = try await Self.released(belt)
      #expect(messages.count == 1)
      #expect(try await Self.released(belt) == messages, "until it is decided, it stays due")
      try await belt.run(messages + messages, deliveries: 2)
      #expect(try await belt.count("select count(*) from embedded_opportunity") == 1)
      #expect(try await Holds(pool: belt.pool).list().items.isEmpty)
      let done = try #require(try await Ledgers(pool: belt.pool).list().first)
      #expect((done.parked, done.done, done.isBalanced) == (0, 1, true))
      let journey = try #require(
        try await Journeys(pool: belt.pool).journeys(of: "pessoa1@exemplo.com.br").first
      )
      #expect(
        journey.lines.map(\.code).filter { $0.hasPrefix("field") || $0.hasPrefix("opportunity") }
          == ["field_value_held", "opportunity_created"]
      )
      #expect(journey.held == nil)
    }
  }

  @Test func `a lead that newer settings do not help waits on, and others pass it`() async throws {
    try await withBelt { belt in
      try await belt.apply(Self.settings(["Empresa 2"]))
      var webhooks = Webhooks()
      try await belt.run([webhooks.conversion(1), webhooks.conversion(2)])
      #expect(try await belt.count("select count(*) from embedded_opportunity") == 1)
      try await belt.apply(Self.settings(["Empresa 2", "Empresa 3"]))
      try await belt.run(try await Self.released(belt))
      let waiting = try await Holds(pool: belt.pool).list().items
      #expect(waiting.map(\.configVersion) == [2])
      #expect(try await Self.released(belt).isEmpty)
      let journey = try #require(
        try await Journeys(pool: belt.pool).journeys(of: "pessoa1@exemplo.com.br").first
      )
      #expect(journey.held?.code == "field_value_held")
    }
  }

  @Test(.behaviour("B200", "B201"))
  func `the fifty-first segment holds its lead with the reason, and is not tried again by itself`()
    async throws
  {
    try await withBelt { belt in
      try await belt.apply(
        .flow {
          $0.catalogue.fields = [
            .init(
              name: "segmento",
              type: .choice,
              options: ["Varejo"],
              takesNewOptions: true,
              optionMax: 50
            )
          ]
          $0.fields = [FieldMapping(crm: "segmento", rd: "name", fallback: nil)]
        }
      )
      var webhooks = Webhooks()
      let rest = try await belt.run((0..<50).map { webhooks.conversion($0) }, batchMax: 20)
      #expect(rest.waiting.isEmpty && rest.rejected.isEmpty)
      #expect(try await belt.count("select count(*) from created_option") == 49)
      #expect(try await belt.count("select count(*) from embedded_opportunity") == 49)
      let waiting = try await Holds(pool: belt.pool).list().items
      #expect(waiting.map(\.reason.code) == ["segment_limit_reached"])
    }
  }
}
