import LeadStorage
import Leads
import Postgres
import StrictJSON
import TestKit
import Testing
import Workers

@Suite(.timeLimit(.minutes(3)))
struct OrderFlowTests {
  /// Both events of one lead and one of another, as the opportunity creator gets them.
  private static func centralized(_ belt: Belt) async throws -> [Message] {
    var webhooks = Webhooks()
    let messages = [
      webhooks.conversion(1, minute: 1), webhooks.conversion(1, minute: 2), webhooks.conversion(2),
    ].enumerated().map { place, message in
      var message = message
      message.arrivedAt = Webhooks.now + Int64(place) * 1000
      return message
    }
    return try await belt.follows(.centralizer, try await belt.follows(.leadImporter, messages))
  }

  @Test func `a later event waits for the earlier one of its lead, and other leads pass`()
    async throws
  {
    try await withBelt { belt in
      try await belt.apply(.flow())
      let messages = try await Self.centralized(belt)
      let creator = try belt.handler(.opportunityCreator)
      let outcomes = try await creator.handle([messages[1], messages[2]])
      #expect(outcomes[0].waitsFor == "earlier_event_first")
      #expect(outcomes[1].name == "done")
      #expect(try await belt.count("select count(*) from embedded_opportunity") == 1)
      // Both in one batch, in whatever order they lie there.
      let both = try await creator.handle([messages[1], messages[0]])
      #expect(both.map(\.name) == ["done", "done"])
      let order = try await belt.pool.run(
        """
        select c.arrived_at < lag(c.arrived_at) over (order by o.created_at)
        from opportunity o join conversion c on c.id = o.event_id
        join lead l on l.id = o.lead_id where l.email_key = 'pessoa1@exemplo.com.br'
        """
      )
      #expect(try order[1].bool(0) == false)
    }
  }

  @Test(arguments: [Settings.AfterDeadLetter.goOn, .wait])
  func
    `an event that was given up frees the turn with a note, or keeps it where the settings say so`(
      _ rule: Settings.AfterDeadLetter
    ) async throws
  {
    try await withBelt { belt in
      try await belt.apply(.flow { $0.afterDeadLetter = rule })
      let messages = try await Self.centralized(belt)
      let desk = DeadLetterDesk(pool: belt.pool)
      try await desk.record([(messages[0], Reason("crm_refused", "The CRM refused it."))])
      let creator = try belt.handler(.opportunityCreator)
      let next = try await creator.handle([messages[1]])
      if rule == .goOn {
        #expect(next.map(\.name) == ["done"])
        #expect(
          try await belt.count("select count(*) from journey where code = 'earlier_event_dead'")
            == 1
        )
        return
      }
      #expect(next[0].waitsFor == "earlier_event_first")
      // Sent again and handled, it frees the turn.
      #expect(try await creator.handle([messages[0]]).map(\.name) == ["done"])
      #expect(try await creator.handle([messages[1]]).map(\.name) == ["done"])
    }
  }

  @Test func `what is given up is a dead letter at once`() async throws {
    try await withBelt { belt in
      try await belt.apply(.flow())
      var messages = try await Self.centralized(belt)
      messages[2].body = Array("{}".utf8)
      let outcomes = try await belt.handler(.opportunityCreator).handle([messages[2]])
      #expect(outcomes.map(\.name) == ["reject"])
      let letters = try await DeadLetterDesk(pool: belt.pool).open()
      #expect(letters.map(\.reason.code) == ["message_malformed"])
      let ledger = try #require(try await LedgerReader(pool: belt.pool).ledgers().first)
      #expect((ledger.dead, ledger.isBalanced) == (1, true))
    }
  }

  @Test(arguments: Flow.allCases.filter { $0 != .leadImporter })
  func `a message of a newer version waits for a worker that knows it, and only then is given up`(
    _ stage: Flow
  ) async throws {
    try await withBelt { belt in
      try await belt.apply(.flow())
      var message = try await Self.centralized(belt)[2]
      message.type = "lead.centralized.v9"
      message.stage = stage.stage
      let handler = try belt.handler(stage)
      #expect(try await handler.handle([message])[0].waitsFor == "message_type_unknown")
      message.deferrals = 288
      #expect(try await handler.handle([message]).map(\.name) == ["reject"])
    }
  }

  @Test func `what the broker lost is found in the receipts and goes on as it would have`()
    async throws
  {
    try await withBelt { belt in
      try await belt.apply(.flow())
      // The centralizer has handled them, and nothing that follows is left.
      let lost = try await Self.centralized(belt)
      let sweeper = Sweeper(pool: belt.pool)
      #expect(try await sweeper.stranded(minutes: 60).isEmpty)
      try await belt.pool.run("update receipt set handled_at = handled_at - interval '2 hours'")
      let stranded = try await sweeper.stranded(minutes: 60).map(\.message)
      #expect(Set(stranded.map(\.id)) == Set(lost.map(\.id)))
      try await belt.runShuffled(stranded + lost, seed: 5)
      #expect(try await belt.count("select count(*) from embedded_opportunity") == 3)
      try await belt.pool.run("update receipt set handled_at = handled_at - interval '2 hours'")
      #expect(try await sweeper.stranded(minutes: 60).isEmpty)
    }
  }

  /// T25, small: twelve leads with six events each, every stage served in random order and batches.
  @Test(arguments: [1, 2, 3] as [UInt64])
  func `however deliveries are shuffled, each lead's events end in their order`(seed: UInt64)
    async throws
  {
    try await withBelt { belt in
      try await belt.apply(.flow())
      var webhooks = Webhooks(seed: seed)
      let messages = (0..<72).map { number in
        var message = webhooks.conversion(
          number % 12,
          identifier: "c\(number / 12)",
          minute: number / 12
        )
        message.arrivedAt = Webhooks.now + Int64(number) * 100
        return message
      }
      let imported = try await belt.follows(.leadImporter, Array(messages.prefix(64)))
      let rest = try await belt.follows(.leadImporter, Array(messages.dropFirst(64)))
      try await belt.runShuffled(imported + rest, seed: seed)
      let told = try belt.ledger("conversion").filter {
        $0["identifier"]?.string == "Oportunidade gerada pelo CRM"
      }
      #expect(told.count == 72)
      let created = try await belt.pool.run(
        """
        select l.email_key, string_agg(c.identifier, ' ' order by o.created_at, o.id)
        from opportunity o join conversion c on c.id = o.event_id
        join lead l on l.id = o.lead_id group by 1
        """
      ).map { try $0.string(1) }
      #expect(created == Array(repeating: "c0 c1 c2 c3 c4 c5", count: 12))
      let markers = try told.map { try #require($0["marker"]?.string) }
      let order = try await belt.pool.run(
        """
        select l.email_key, string_agg(c.identifier, ' ' order by k.n)
        from unnest(\(markers)::uuid[]) with ordinality as k (m, n)
        join receipt r on r.message_id = k.m
        join conversion c on c.journey_id = r.journey_id
        join lead l on l.id = c.lead_id group by 1
        """
      ).map { try $0.string(1) }
      #expect(order == Array(repeating: "c0 c1 c2 c3 c4 c5", count: 12))
    }
  }
}

extension Outcome {
  var waitsFor: String? {
    guard case .snooze(_, let reason) = self else { return nil }
    return reason.code
  }
}
