import BeltStorage
import Leads
import Postgres
import StrictJSON
import TestKit
import Testing
import Belt
import Operations

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

  @Test func `what earlier turns of a batch brought stands where a later turn fails`() async throws
  {
    try await withBelt { belt in
      try await belt.apply(.flow())
      var webhooks = Webhooks()
      var messages: [Message] = []
      for minute in 1...2 {
        let imported = try await belt.follows(
          .leadImporter,
          (1...2).map { webhooks.conversion($0, minute: minute) }
        )
        messages += try await belt.follows(.centralizer, imported)
      }
      try await belt.pool.run([
        """
        create function refuse() returns trigger language plpgsql as $$ begin
          if (select count(*) from opportunity) >= 2 then
            raise exception using errcode = '53200', message = 'no room';
          end if;
          return new;
        end $$
        """,
        """
        create trigger refuse before insert on opportunity for each row
          execute function refuse()
        """,
      ])
      let creator = try belt.handler(.opportunityCreator)
      let failure = try #require(
        await #expect(throws: PartFailure.self) { try await creator.handle(messages) }
      )
      #expect(Set(failure.outcomes.keys) == Set(messages[...1].map(\.id)))
      #expect(failure.outcomes.values.allSatisfy { $0.name == "done" })
      try await belt.pool.run("drop trigger refuse on opportunity")
      #expect(try await creator.handle(Array(messages[2...])).map(\.name) == ["done", "done"])
    }
  }

  @Test(arguments: [3_600_000, -3_600_000] as [Int64])
  func `the order is that of the import, however the clocks of two ingresses differ`(
    _ difference: Int64
  ) async throws {
    try await withBelt { belt in
      try await belt.apply(.flow())
      var webhooks = Webhooks()
      let first = webhooks.conversion(1, minute: 1)
      var second = webhooks.conversion(1, minute: 2)
      second.arrivedAt = first.arrivedAt + difference
      var messages: [Message] = []
      for message in [first, second] {
        messages += try await belt.follows(
          .centralizer,
          try await belt.follows(.leadImporter, [message])
        )
      }
      let creator = try belt.handler(.opportunityCreator)
      #expect(try await creator.handle([messages[1]])[0].waitsFor == "earlier_event_first")
      #expect(try await creator.handle([messages[0]]).map(\.name) == ["done"])
      #expect(try await creator.handle([messages[1]]).map(\.name) == ["done"])
    }
  }

  @Test func `events of before there were places come first, by arrival`() async throws {
    try await withBelt { belt in
      try await belt.apply(.flow())
      var webhooks = Webhooks()
      let old = [webhooks.conversion(1, minute: 1), webhooks.conversion(1, minute: 2)]
      let centralized = try await belt.follows(
        .centralizer,
        try await belt.follows(.leadImporter, old)
      )
      try await belt.pool.run("update conversion set place = null")
      var new = webhooks.conversion(1, minute: 3)
      new.arrivedAt -= 3_600_000
      let last = try await belt.follows(
        .centralizer,
        try await belt.follows(.leadImporter, [new])
      )
      let creator = try belt.handler(.opportunityCreator)
      #expect(try await creator.handle(last)[0].waitsFor == "earlier_event_first")
      #expect(try await creator.handle([centralized[1]])[0].waitsFor == "earlier_event_first")
      for message in centralized + last {
        #expect(try await creator.handle([message]).map(\.name) == ["done"])
      }
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
      let desk = DeadLetters(pool: belt.pool)
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
      // However old it is.
      try await belt.pool.run("update conversion set arrived_at = arrived_at - interval '8 days'")
      #expect(try await creator.handle([messages[1]])[0].waitsFor == "earlier_event_first")
      // Sent again and handled, it frees the turn.
      #expect(try await creator.handle([messages[0]]).map(\.name) == ["done"])
      #expect(try await creator.handle([messages[1]]).map(\.name) == ["done"])
    }
  }

  @Test func `a discarded dead letter frees the turn also where the settings keep it`()
    async throws
  {
    try await withBelt { belt in
      try await belt.apply(.flow { $0.afterDeadLetter = .wait })
      let messages = try await Self.centralized(belt)
      let desk = DeadLetters(pool: belt.pool)
      try await desk.record([(messages[0], Reason("crm_refused", "The CRM refused it."))])
      let creator = try belt.handler(.opportunityCreator)
      #expect(try await creator.handle([messages[1]])[0].waitsFor == "earlier_event_first")
      _ = try await desk.discard(try await desk.open(), reason: "a test lead", actor: "test")
      // It waited until now, so what it passes is news.
      var waiting = messages[1]
      waiting.deferrals = 3
      waiting.cause = "earlier_event_first"
      #expect(try await creator.handle([waiting]).map(\.name) == ["done"])
      #expect(try await Self.notes(belt) == 1)
    }
  }

  @Test func `what was passed is noted once, however often the message is tried`() async throws {
    try await withBelt { belt in
      try await belt.apply(.flow())
      let messages = try await Self.toldAtRD(belt)
      try await DeadLetterRecorder(pool: belt.pool).record([
        (messages[0], Reason("rd_refused", "RD Station refused it."))
      ])
      let updater = StageRunner(Undecided(), pool: belt.pool)
      var message = messages[1]
      for (attempt, deferrals, cause) in [(1, 0, nil), (1, 1, "rd_rate_limited"), (2, 1, "x")] {
        (message.attempt, message.deferrals, message.cause) = (attempt, deferrals, cause)
        #expect(try await updater.handle([message]).map(\.name) == ["retry"])
        #expect(try await Self.notes(belt) == 1)
      }
    }
  }

  @Test(arguments: [false, true])
  func `a dead letter at the tags says nothing of the turn at RD Station`(isDeadThere: Bool)
    async throws
  {
    try await withBelt { belt in
      try await belt.apply(.flow())
      let messages = try await Self.toldAtRD(belt)
      let desk = DeadLetters(pool: belt.pool)
      var tags = messages[0]
      tags.stage = Flow.tagSync.stage
      tags.id = try await belt.pool.run(
        """
        select (f ->> 'id')::uuid from receipt r, jsonb_array_elements(r.follows::jsonb) as f
        where r.journey_id = \(tags.journey) and f ->> 'stage' = 'tag-sync'
        """
      )[0].identifier(0)
      let reason = Reason("rd_refused", "RD Station refused it.")
      try await desk.record([(tags, reason)])
      if isDeadThere { try await desk.record([(messages[0], reason)]) }
      let outcome = try await belt.handler(.rdUpdater).handle([messages[1]])[0]
      #expect(outcome.waitsFor == (isDeadThere ? nil : "earlier_event_first"))
      #expect(try await Self.notes(belt) == (isDeadThere ? 1 : 0))
    }
  }

  @Test func `tags that wait do not hold the next event at RD Station`() async throws {
    try await withBelt { belt in
      try await belt.apply(.flow())
      let messages = try await Self.toldAtRD(belt)
      let updater = try belt.handler(.rdUpdater)
      try await DeadLetterRecorder(pool: belt.pool).record([
        (messages[0], Reason("rd_refused", "RD Station refused it."))
      ])
      // The first event's tags are still on their way.
      #expect(try await updater.handle([messages[1]]).map(\.name) == ["done"])
    }
  }

  private static func notes(_ belt: Belt) async throws -> Int {
    try await belt.count("select count(*) from journey where code = 'earlier_event_dead'")
  }

  /// Both events of one lead as the updater of RD Station gets them.
  private static func toldAtRD(_ belt: Belt) async throws -> [Message] {
    let messages = try await centralized(belt)
    return try await belt.follows(.opportunityCreator, [messages[0], messages[1]])
      .filter { $0.stage == Flow.rdUpdater.stage }
  }

  @Test func `what is given up is a dead letter at once`() async throws {
    try await withBelt { belt in
      try await belt.apply(.flow())
      var messages = try await Self.centralized(belt)
      messages[2].body = Array("{}".utf8)
      let outcomes = try await belt.handler(.opportunityCreator).handle([messages[2]])
      #expect(outcomes.map(\.name) == ["reject"])
      let letters = try await DeadLetters(pool: belt.pool).open()
      #expect(letters.map(\.reason.code) == ["message_malformed"])
      let ledger = try #require(try await Ledgers(pool: belt.pool).list().first)
      #expect((ledger.dead, ledger.isBalanced) == (1, true))
    }
  }

  /// Errors as a stage's own code would throw them, at the last attempt.
  @Test(arguments: [1, 8])
  func `what a stage gives up with an error is a dead letter at once, and frees the turn`(
    _ attempt: Int
  ) async throws {
    try await withBelt { belt in
      try await belt.apply(.flow())
      var messages = try await Self.centralized(belt)
      messages[0].attempt = attempt
      let failing = StageRunner(
        Throwing(error: attempt == 1 ? Refused() : Unclassified()),
        pool: belt.pool
      )
      let code = attempt == 1 ? "refused" : "unexpected_error"
      // A batch fails as a whole: each comes again alone.
      await #expect(throws: (any Error).self) { try await failing.handle(messages) }
      #expect(try await DeadLetters(pool: belt.pool).open().isEmpty)
      let outcomes = try await failing.handle([messages[0]])
      #expect(RetryPolicy().givesUp(messages[0], after: outcomes[0])?.code == code)
      let letters = try await DeadLetters(pool: belt.pool).open()
      #expect(letters.map(\.reason.code) == [code])
      #expect(letters.map(\.message) == [messages[0]])
      let next = try await belt.handler(.opportunityCreator).handle([messages[1]])
      #expect(next.map(\.name) == ["done"])
    }
  }

  @Test func `an error that another attempt may heal, or a lost footing, is no dead letter`()
    async throws
  {
    try await withBelt { belt in
      try await belt.apply(.flow())
      let message = try await Self.centralized(belt)[0]
      let failing = StageRunner(Throwing(error: Unclassified()), pool: belt.pool)
      #expect(try await failing.handle([message]).map(\.name) == ["retry"])
      let stopped = StageRunner(Throwing(error: PostgresError.poolExhausted), pool: belt.pool)
      await #expect(throws: PostgresError.self) { try await stopped.handle([message]) }
      #expect(try await DeadLetters(pool: belt.pool).open().isEmpty)
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
      let sweeper = StrandedMessages(pool: belt.pool)
      #expect(try await sweeper.list(minutes: 60).isEmpty)
      try await belt.pool.run("update receipt set handled_at = handled_at - interval '2 hours'")
      let stranded = try await sweeper.list(minutes: 60).map(\.message)
      #expect(Set(stranded.map(\.id)) == Set(lost.map(\.id)))
      try await belt.runShuffled(stranded + lost, seed: 5)
      #expect(try await belt.count("select count(*) from embedded_opportunity") == 3)
      try await belt.pool.run("update receipt set handled_at = handled_at - interval '2 hours'")
      #expect(try await sweeper.list(minutes: 60).isEmpty)
    }
  }

  @Test func `a dead letter that was sent again and lost is found as its row has it`() async throws
  {
    try await withBelt { belt in
      try await belt.apply(.flow())
      let lost = try await Self.centralized(belt)
      let desk = DeadLetters(pool: belt.pool)
      try await desk.record(lost.map { ($0, Reason("crm_refused", "The CRM refused it.")) })
      _ = try await desk.retry(try await desk.find([lost[2].id]), actor: "test") { _ in }
      _ = try await desk.discard(try await desk.find([lost[0].id]), reason: "x", actor: "test")
      try await belt.pool.run([
        "update receipt set handled_at = handled_at - interval '2 hours'",
        "update dead_letter set body = convert_to(' ' || convert_from(body, 'UTF8'), 'UTF8')",
      ])
      let sweeper = StrandedMessages(pool: belt.pool)
      // One waits for a person, one is discarded, and one has only just been sent.
      #expect(try await sweeper.list(minutes: 60).isEmpty)
      try await belt.pool.run("update dead_letter set settled_at = settled_at - interval '2 hours'")
      let stranded = try await sweeper.list(minutes: 60).map(\.message)
      var expected = lost[2]
      expected.body = Array(" ".utf8) + expected.body
      expected.round = 1
      #expect(stranded == [expected])
      #expect(try await sweeper.list(in: "other", minutes: 60).isEmpty)
      try await belt.run(stranded)
      #expect(try await sweeper.list(minutes: 60).isEmpty)
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

/// A creator whose own code throws.
private struct Throwing: Stage {
  static let flow = Flow.opportunityCreator
  let error: any Error

  func load(_: [Taken<LeadCentralized>]) -> Load<Int> {
    Load("select 1") { _ in throw error }
  }

  func decide(_: Item<LeadCentralized>, _: inout Int) -> Decision<Never, Never> {
    .retry(Reason("unreachable", "It was loaded."))
  }
}

/// An updater that never comes to a decision.
private struct Undecided: Stage {
  static let flow = Flow.rdUpdater

  func load(_: [Taken<OpportunityCreated>]) -> Load<Int> { .known(0) }

  func decide(_: Item<OpportunityCreated>, _: inout Int) -> Decision<Never, Never> {
    .retry(Reason("x", "Not yet."))
  }
}

extension OpportunityCreated: StageInput {}

private struct Refused: Failure {
  let disposition = Disposition.reject
  let reason = Reason("refused", "It was refused.")
}

private struct Unclassified: Error {}
