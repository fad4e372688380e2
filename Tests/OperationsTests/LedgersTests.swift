import BeltStorage
import Leads
import Postgres
import TestKit
import Samples
import Testing
import Belt

@testable import Operations

@Suite struct LedgerReaderTests {
  private let reason = Reason("rd_login_expired", "The login has expired.")

  private func arrive(
    _ name: String,
    _ state: String,
    _ reason: String? = nil,
    in integration: String = "acme"
  ) -> SQL {
    """
    insert into arrival (integration_id, journey_id, message_id, position, arrived_at, state, reason)
    values (\(integration), \(Identifier(derivedFrom: name))::uuid,
      \(Identifier(derivedFrom: name, "message"))::uuid, 0, now(), \(state), \(reason))
    """
  }

  /// A receipt on a journey; its message is named after the stage.
  private func receive(_ name: String, _ stage: Flow, follows: [Flow] = []) -> SQL {
    """
    insert into receipt (integration_id, message_id, stage, journey_id, outcome, follows, follow_ids)
    values ('acme', \(id(name, stage))::uuid, \(stage.stage), \(Identifier(derivedFrom: name))::uuid,
      'done', '[]', \(follows.map { id(name, $0) })::uuid[])
    """
  }

  private func id(_ name: String, _ stage: Flow) -> Identifier {
    Identifier(derivedFrom: name, stage.stage)
  }

  private func effect(_ name: String, _ state: String, kind: String = "rd.events") -> SQL {
    """
    insert into effect (integration_id, id, journey_id, kind, subject_id, state, plan)
    values ('acme', \(Identifier(derivedFrom: name, kind, state))::uuid,
      \(Identifier(derivedFrom: name))::uuid, \(kind), \(Identifier(derivedFrom: name))::uuid,
      \(state), '{}')
    """
  }

  @Test(.behaviour("B221")) func `every fate is counted once, and the ledger balances`()
    async throws
  {
    let pool = try await migratedPool()
    _ = try await SettingsVersions(pool: pool).apply(.sample(), source: "", actor: "test")
    try await pool.run([
      arrive("refused", "ignored", "job_title_not_listed"),
      arrive("refused too", "ignored", "job_title_not_listed"),
      arrive("again", "duplicate", "event_known"),
      arrive("broken", "invalid", "body_unreadable"),
      // Not yet at the centralizer.
      arrive("young", "accepted"),
      // Its opportunity is not made yet.
      arrive("half", "accepted"), receive("half", .centralizer, follows: [.opportunityCreator]),
      arrive("done", "accepted"), receive("done", .centralizer, follows: [.opportunityCreator]),
      receive("done", .opportunityCreator, follows: [.rdUpdater, .tagSync]),
      receive("done", .rdUpdater), receive("done", .tagSync), effect("done", "confirmed"),
      effect("done", "unknown", kind: "crm.opportunity.create"),
      arrive("parked", "accepted"), receive("parked", .centralizer), effect("parked", "parked"),
      arrive("dead", "accepted"), receive("dead", .centralizer, follows: [.opportunityCreator]),
      effect("dead", "parked"),
    ])
    try await DeadLetterRecorder(pool: pool).record([
      (
        .sample(
          "dead letter",
          stage: .opportunityCreator,
          journey: Identifier(derivedFrom: "dead")
        ),
        reason
      ),
      // Given up before it was read.
      (.sample("unread", stage: .leadImporter), reason),
    ])
    let ledger = try #require(try await Ledgers(pool: pool).list().first)
    #expect(ledger.received == 10)
    #expect(ledger.done == 1)
    #expect(ledger.ignored == 4)
    #expect(
      ledger.ignoredByReason == [
        .init(code: "job_title_not_listed", count: 2), .init(code: "body_unreadable", count: 1),
        .init(code: "event_known", count: 1),
      ]
    )
    #expect(ledger.dead == 2)
    #expect(ledger.parked == 1)
    #expect(ledger.inFlight == 2)
    #expect(ledger.rdUpdates == 1)
    #expect(ledger.unknownEffects == 1)
    #expect(ledger.isBalanced)
    await pool.shutdown()
  }

  @Test func `each integration has its own ledger, also an empty one`() async throws {
    let pool = try await migratedPool()
    let store = SettingsVersions(pool: pool)
    _ = try await store.apply(.sample("acme"), source: "", actor: "test")
    _ = try await store.apply(.sample("beta"), source: "", actor: "test")
    try await pool.run(arrive("one", "ignored", "x"))
    let reader = Ledgers(pool: pool)
    let ledgers = try await reader.list()
    #expect(ledgers.map(\.integration) == ["acme", "beta"])
    #expect(ledgers.map(\.received) == [1, 0])
    #expect(try await reader.list(of: "beta").map(\.received) == [0])
    #expect(try await reader.list(of: "nobody") == [])
    await pool.shutdown()
  }

  @Test func `a retried dead letter is in flight again`() async throws {
    let pool = try await migratedPool()
    _ = try await SettingsVersions(pool: pool).apply(.sample(), source: "", actor: "test")
    try await pool.run(arrive("dead", "accepted"))
    let desk = DeadLetters(pool: pool)
    try await desk.record([(.sample("x", journey: Identifier(derivedFrom: "dead")), reason)])
    #expect(try await Ledgers(pool: pool).list().map(\.dead) == [1])
    _ = try await desk.retry(try await desk.open(), actor: "test") { _ in }
    let ledger = try #require(try await Ledgers(pool: pool).list().first)
    #expect(ledger.dead == 0)
    #expect(ledger.inFlight == 1)
    await pool.shutdown()
  }

  @Test func `a discarded dead letter makes a lead without an opportunity ignored`()
    async throws
  {
    let pool = try await migratedPool()
    _ = try await SettingsVersions(pool: pool).apply(.sample(), source: "", actor: "test")
    try await pool.run([
      arrive("early", "accepted"),
      arrive("late", "accepted"), receive("late", .centralizer, follows: [.opportunityCreator]),
    ])
    let desk = DeadLetters(pool: pool)
    let journey = Identifier(derivedFrom: "late")
    var late = Message.sample("late letter", stage: .opportunityCreator, journey: journey)
    late.id = id("late", .opportunityCreator)
    try await desk.record([
      (.sample("early letter", journey: Identifier(derivedFrom: "early")), reason),
      (late, reason), (.sample("unread", stage: .leadImporter), reason),
    ])
    let reader = Ledgers(pool: pool)
    #expect(try await reader.list().map(\.dead) == [3])
    _ = try await desk.discard(try await desk.open(), reason: "test leads", actor: "test")
    let ledger = try #require(try await reader.list().first)
    #expect(ledger.ignored == 3)
    #expect(ledger.ignoredByReason == [.init(code: "discarded", count: 3)])
    #expect(ledger.received == 3)
    #expect(ledger.isBalanced)
    // It was on its way after all: what the stage did counts.
    try await pool.run(receive("late", .opportunityCreator))
    #expect(try await reader.list().map { [$0.done, $0.ignored] } == [[1, 2]])
    await pool.shutdown()
  }

  @Test
  func `what is sent again is in flight until its stage has it, also past the end of a journey`()
    async throws
  {
    let pool = try await migratedPool()
    _ = try await SettingsVersions(pool: pool).apply(.sample(), source: "", actor: "test")
    try await pool.run([arrive("sold", "accepted"), receive("sold", .centralizer)])
    let desk = DeadLetters(pool: pool)
    // A sale, which no receipt foretells, and a webhook that was never read.
    let sale = Message.sample("sale", stage: .rdUpdater, journey: Identifier(derivedFrom: "sold"))
    let unread = Message.sample("unread", stage: .leadImporter)
    try await desk.record([(sale, reason), (unread, reason)])
    let reader = Ledgers(pool: pool)
    #expect(try await reader.list().map { [$0.received, $0.dead] } == [[2, 2]])
    _ = try await desk.retry(try await desk.open(), actor: "test") { _ in }
    let again = try #require(try await reader.list().first)
    #expect([again.received, again.inFlight, again.done] == [2, 2, 0])
    #expect(again.isBalanced)
    try await pool.run(
      """
      insert into receipt
        (integration_id, message_id, stage, journey_id, outcome, follows, follow_ids)
      select 'acme', m, s, j, 'done', '[]', '{}' from unnest(
        \([sale.id, unread.id])::uuid[], \([sale.stage, unread.stage])::text[],
        \([sale.journey, unread.journey])::uuid[]) as k (m, s, j)
      """
    )
    // The webhook turned out to hold no lead.
    let ended = try #require(try await reader.list().first)
    #expect([ended.received, ended.inFlight, ended.done] == [1, 0, 1])
    await pool.shutdown()
  }

  @Test func `discarding what should have told of an opportunity leaves its lead done`()
    async throws
  {
    let pool = try await migratedPool()
    _ = try await SettingsVersions(pool: pool).apply(.sample(), source: "", actor: "test")
    try await pool.run([
      arrive("told", "accepted"), receive("told", .centralizer, follows: [.opportunityCreator]),
      receive("told", .opportunityCreator, follows: [.rdUpdater, .tagSync]),
    ])
    let journey = Identifier(derivedFrom: "told")
    let letters = [Flow.rdUpdater, .tagSync].map { stage in
      var letter = Message.sample("told", stage: stage, journey: journey)
      letter.id = id("told", stage)
      return letter
    }
    let desk = DeadLetters(pool: pool)
    try await desk.record(letters.map { ($0, reason) })
    let reader = Ledgers(pool: pool)
    #expect(try await reader.list().map { [$0.done, $0.dead] } == [[0, 1]])
    _ = try await desk.discard(try await desk.open(), reason: "not wanted", actor: "test")
    let ledger = try #require(try await reader.list().first)
    #expect([ledger.done, ledger.dead, ledger.ignored, ledger.inFlight] == [1, 0, 0, 0])
    #expect(ledger.isBalanced)
    await pool.shutdown()
  }

  @Test func `dead letters of no lead are counted beside the sum`() async throws {
    let pool = try await migratedPool()
    _ = try await SettingsVersions(pool: pool).apply(.sample(), source: "", actor: "test")
    try await pool.run([arrive("lead", "accepted")])
    let desk = DeadLetters(pool: pool)
    try await desk.record([
      (.sample("of the lead", journey: Identifier(derivedFrom: "lead")), reason),
      (.sample("unread", stage: .leadImporter), reason),
      (.sample("hook 1", stage: .rdUpdater), reason),
      (.sample("hook 2", stage: .rdUpdater), reason),
    ])
    let reader = Ledgers(pool: pool)
    let ledger = try #require(try await reader.list().first)
    #expect([ledger.received, ledger.dead, ledger.otherDead] == [2, 2, 2])
    #expect(ledger.isBalanced)
    _ = try await desk.discard(
      try await desk.list(DeadLetterFilter(stage: "rd-updater")).items,
      reason: "x",
      actor: "test"
    )
    #expect(try await reader.list().map(\.otherDead) == [0])
    await pool.shutdown()
  }

  @Test func `a dead letter whose message was handled after all is no death`() async throws {
    let pool = try await migratedPool()
    _ = try await SettingsVersions(pool: pool).apply(.sample(), source: "", actor: "test")
    try await pool.run([
      arrive("late", "accepted"), receive("late", .centralizer, follows: [.opportunityCreator]),
    ])
    var late = Message.sample("x", stage: .opportunityCreator, journey: .init(derivedFrom: "late"))
    late.id = id("late", .opportunityCreator)
    try await DeadLetterRecorder(pool: pool).record([(late, reason)])
    let reader = Ledgers(pool: pool)
    #expect(try await reader.list().map { [$0.dead, $0.done] } == [[1, 0]])
    try await pool.run(receive("late", .opportunityCreator))
    let ledger = try #require(try await reader.list().first)
    #expect(([ledger.dead, ledger.done], ledger.isBalanced) == ([0, 1], true))
    await pool.shutdown()
  }

  @Test func `what arrived for nobody has a ledger too`() async throws {
    let pool = try await migratedPool()
    try await DeadLetterRecorder(pool: pool).record([
      (.sample("one", stage: .leadImporter, integration: "nobody"), reason)
    ])
    let ledger = try #require(try await Ledgers(pool: pool).list().first)
    #expect(ledger.integration == "nobody")
    #expect([ledger.received, ledger.dead] == [1, 1])
    #expect(ledger.isBalanced)
    await pool.shutdown()
  }
}
