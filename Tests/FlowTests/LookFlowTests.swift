import Belt
import BeltStorage
import CRMConformance
import Leads
import Postgres
import StrictJSON
import Testing

/// When the RD updater asks the CRM how an opportunity stands: of a CRM in memory, whose next call fails,
/// it can be told whether it was called.
@Suite(.timeLimit(.minutes(2)))
struct LookFlowTests {
  /// What RD Station is to be told of a new opportunity, and of its sale.
  private func messages(_ belt: Belt) async throws -> (created: Message, changed: Message) {
    try await belt.apply(
      .flow {
        $0.crm = .rdStationCRM
        // Of people whom RD Station does not know here.
        $0.rdUpdates.lifecycleStage = false
      }
    )
    var webhooks = Webhooks()
    let imported = try await belt.follows(.leadImporter, [webhooks.conversion(1)])
    let centralized = try await belt.follows(.centralizer, imported)
    let follows = try await belt.follows(.opportunityCreator, centralized)
    let created = try #require(follows.first { $0.stage == Flow.rdUpdater.stage })
    let row = try await belt.pool.run("select id, crm_id from opportunity")[0]
    let id = try row.identifier("id")
    _ = try belt.office.act(
      .win(value: "10"),
      on: CRMRecord(id: try row.string("crm_id")),
      in: "acme"
    )
    let changed = created.following(
      to: Flow.rdUpdater.stage,
      type: OpportunityChanged.type,
      body: OpportunityChanged(opportunity: id, version: 2).json.encoded
    )
    return (created, changed)
  }

  private func isCalledNext(_ belt: Belt, _ changed: Message) async throws -> Bool {
    let outcome = try await belt.handler(.rdUpdater).handle([changed])[0]
    return outcome == .retry(Reason("memory_away", "The CRM is away."))
  }

  @Test func `a change whose turn has not come is not looked at, however often it is tried`()
    async throws
  {
    try await withBelt { belt in
      let (created, changed) = try await messages(belt)
      belt.office.strike(.away, in: "acme")
      let updater = try belt.handler(.rdUpdater)
      for _ in 1...3 {
        #expect(try await updater.handle([changed])[0].waitsForItsTurn)
      }
      // In one batch with what it waits for, it is looked at when that is done.
      let outcomes = try await updater.handle([changed, created])
      #expect(outcomes.map(\.name) == ["retry", "done"])
      #expect(try await updater.handle([changed]).map(\.name) == ["done"])
      #expect(try belt.ledger("sale").count == 1)
    }
  }

  @Test func `a change that the login or the settings hold is not looked at`() async throws {
    try await withBelt { belt in
      let (created, changed) = try await messages(belt)
      try await belt.run([created])
      belt.office.strike(.away, in: "acme")
      try await belt.pool.run(
        "update credential set dead_since = now(), retry_at = now() + interval '1 hour'"
      )
      #expect(try await belt.run([changed]).waiting.map(\.reason.code) == ["rd_login_dead"])
      try await belt.pool.run("update credential set dead_since = null, retry_at = null")
      #expect(try await isCalledNext(belt, changed))
    }
  }

  @Test func `what has a receipt is not looked at again`() async throws {
    try await withBelt { belt in
      let (created, changed) = try await messages(belt)
      try await belt.run([created, changed])
      belt.office.strike(.away, in: "acme")
      try await belt.run([changed], deliveries: 2)
      var other = changed
      other.id = Identifier(derivedFrom: "another announcement")
      #expect(try await isCalledNext(belt, other))
    }
  }
}
