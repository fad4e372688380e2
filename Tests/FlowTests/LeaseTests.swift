import Leads
import Postgres
import StrictJSON
import TestKit
import Testing
import Belt

@testable import BeltStorage
@testable import RDUpdater

@Suite(.timeLimit(.minutes(2)))
struct LeaseTests {
  private static let message = Message(
    id: Identifier(high: 1, low: 1),
    type: OpportunityCreated.type,
    stage: Flow.rdUpdater.stage,
    integration: "acme",
    journey: Identifier(high: 2, low: 2),
    body: []
  )

  private static let settled = Settled.done(message, Reason("rd_told", "RD Station was told."))

  private static func intent(_ generation: Int) -> Effects.Intent {
    Effects.Intent(
      message: message,
      kind: "rd.events",
      subject: message.id,
      plan: [:],
      generation: generation
    )
  }

  private static func result(_ generation: Int) -> [SQL] {
    Effects.settling([
      Effects.Result(message: message, state: .confirmed, generation: generation)
    ])
  }

  @Test func `what a worker writes after another has taken over is refused whole`() async throws {
    try await withBelt { belt in
      try await belt.apply(.flow())
      func record(_ writes: [SQL]) async throws {
        let all = writes.map(Write.own) + Receipts.writing([Self.settled], at: .rdUpdater)
        try await belt.pool.run(all.statements)
      }
      try await belt.pool.run([Effects.sending([Self.intent(1)])])
      try await belt.pool.run(Effects.takingOver([(Self.message, 2)]))
      let error = await #expect(throws: PostgresError.self) {
        try await record(Self.result(1))
      }
      #expect(error?.disposition == .retry)
      #expect(try await belt.count("select count(*) from receipt") == 0)
      #expect(try await belt.count("select count(*) from journey") == 0)
      try await record(Self.result(2))
      #expect(try await belt.count("select count(*) from effect where state = 'confirmed'") == 1)
      #expect(try await belt.count("select count(*) from receipt") == 1)
    }
  }

  /// What a worker does while another, which has read the intent, takes it over; it must wait for that.
  private static func met<Value: Sendable>(
    byTakeover belt: Belt,
    _ work: @Sendable @escaping () async throws -> Value
  ) async throws -> Value {
    try await belt.pool.run([sending(1)])
    let (reads, hasRead) = AsyncStream.makeStream(of: Void.self)
    async let takeover: Void = belt.pool.transaction { connection in
      try connection.run(Effects.load([message]).statements)
      hasRead.finish()
      let deadline = ContinuousClock.now + .seconds(5)
      while ContinuousClock.now < deadline {
        let waiting = try connection.run([
          "select pg_stat_clear_snapshot()",
          """
          select count(*) from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock'
          """,
        ])[1][0].int(0)
        if waiting > 0 { break }
      }
      try connection.run(Effects.takingOver([(message, 2)]))
    }
    for await _ in reads {}
    let result = try await work()
    try await takeover
    return result
  }

  private static func sending(_ generation: Int) -> SQL { Effects.sending([intent(generation)]) }

  @Test func `a call that is being taken over cannot be renewed`() async throws {
    try await withBelt { belt in
      try await belt.apply(.flow())
      let ours = try await Self.met(byTakeover: belt) {
        try await Effects.renew([(Self.message, 1)], in: belt.pool)
      }
      #expect(ours.isEmpty)
      #expect(
        try await Effects.renew([(Self.message, 2)], in: belt.pool) == [Self.message.id]
      )
    }
  }

  @Test func `a call that is being taken over gets no result of the former holder`() async throws {
    try await withBelt { belt in
      try await belt.apply(.flow())
      let result = Effects.Result(message: Self.message, state: .confirmed, generation: 1)
      let outcomes = try await Self.met(byTakeover: belt) {
        var outcomes: [Identifier: Outcome] = [:]
        try await belt.updaterRunner(belt.client).keep(
          [.init(settled: Self.settled, effect: result, facts: [])],
          before: .now + .seconds(60),
          &outcomes
        )
        return outcomes
      }
      #expect(outcomes == [Self.message.id: .snooze(.seconds(5), .inOtherHands)])
      #expect(try await belt.count("select count(*) from effect where state = 'sent'") == 1)
      #expect(try await belt.count("select count(*) from receipt") == 0)
    }
  }

  @Test func `a worker that was held up sends only what no other has taken over`() async throws {
    try await withBelt { belt in
      try await belt.apply(.flow())
      let call = OnceCall(
        Self.message,
        RDPlan(
          RDUpdate(events: [.opportunity]),
          of: Self.message.id,
          people: [RDPerson(uuid: nil, email: "ana@exemplo.com.br")]
        )
      )
      let late = Lease(began: .now - Effects.lease)
      try await belt.pool.run([Effects.sending([Self.intent(2)])])
      let told = await belt.rdDesk().make([call], late)
      #expect(told[Self.message.id]?.reason.code == "in_other_hands")
      #expect(told[Self.message.id]?.state == nil)
      #expect(try belt.ledger("opportunity").isEmpty)
      // Nobody has taken it over: it is the worker's own for another lease.
      try await belt.pool.run([Effects.sending([Self.intent(1)])])
      let before = try await belt.pool.run("select sent_at::text from effect")[0].string(0)
      let inTime = await belt.rdDesk().make([call], late)
      #expect(inTime[Self.message.id]?.isDone == true)
      #expect(try belt.ledger("opportunity").count == 1)
      #expect(try await belt.pool.run("select sent_at::text from effect")[0].string(0) != before)
    }
  }

  @Test
  func `a call that another worker may be about to make is left alone until its time is over`()
    async throws
  {
    try await withBelt { belt in
      try await belt.apply(.flow())
      var webhooks = Webhooks()
      let imported = try await belt.follows(.leadImporter, [webhooks.conversion(1)])
      let centralized = try await belt.follows(.centralizer, imported)
      let created = try await belt.follows(.opportunityCreator, centralized)
        .filter { $0.stage == Flow.rdUpdater.stage }
      let subject = try #require(created.first)
      var intent = Self.intent(1)
      intent = Effects.Intent(
        message: subject,
        kind: intent.kind,
        subject: intent.subject,
        plan: RDUpdate(events: [.opportunity]).json
      )
      try await belt.pool.run([Effects.sending([intent])])
      let updater = try belt.handler(.rdUpdater)
      let early = try await updater.handle(created)
      #expect(early.map(\.name) == ["snooze"])
      #expect(try belt.ledger("opportunity").isEmpty)
      try await belt.pool.run("update effect set sent_at = now() - interval '2 minutes'")
      _ = try await updater.handle(created)
      #expect(try await belt.count("select max(generation) from effect") == 2)
    }
  }
}
