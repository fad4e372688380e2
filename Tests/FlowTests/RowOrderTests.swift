import Belt
import BeltStorage
import Leads
import Logging
import Postgres
import StrictJSON
import Testing

@testable import OpportunityCreator
@testable import Operations
@testable import RDUpdater
@testable import TagSync

/// Two batches that name the same rows in opposite orders wait for each other in a circle, unless each
/// locks them in the order of their keys.
@Suite(.timeLimit(.minutes(1)))
struct RowOrderTests {
  /// Two rows of a table, and a statement that is given the later one first.
  private struct Case: Sendable {
    let name: String
    let table: SQL
    let key: SQL
    let ids: [Identifier]
    let statements: [SQL]

    init(
      _ name: String,
      _ table: SQL,
      key: SQL = "id",
      _ ids: [Identifier],
      _ statements: ([Identifier]) -> [SQL]
    ) {
      self.name = name
      self.table = table
      self.key = key
      self.ids = ids
      self.statements = statements(ids.reversed())
    }
  }

  private static func message(_ id: Identifier) -> Message {
    Message(
      id: id,
      type: OpportunityChanged.type,
      stage: Flow.rdUpdater.stage,
      integration: "acme",
      journey: id,
      body: []
    )
  }

  /// Whether the statement holds the earlier row while it waits for the later one.
  ///
  /// `keeper`: of one session, which no other statement shares.
  private static func locksInOrder(_ tried: Case, _ pool: PostgresPool, _ keeper: PostgresPool)
    async throws -> Bool
  {
    func waits(_ count: Int) async throws {
      while try await pool.run("select from pg_locks where not granted").count < count {
        await Task.yield()
      }
    }
    try await keeper.run("select pg_advisory_lock(77)")
    async let held: Void = pool.transaction { connection in
      try connection.run([
        "select from \(tried.table) where \(tried.key) = \(tried.ids[1]) for update",
        "select pg_advisory_xact_lock(77)",
      ])
    }
    try await waits(1)
    async let written: Void = pool.transaction { try $0.commit(tried.statements) }
    try await waits(2)
    let free = try await pool.run(
      "select from \(tried.table) where \(tried.key) = \(tried.ids[0]) for update skip locked"
    )
    try await keeper.run("select pg_advisory_unlock(77)")
    try await held
    try await written
    return free.isEmpty
  }

  @Test func `rows are locked in the order of their keys, in whatever order they come`()
    async throws
  {
    try await withBelt { belt in
      try await belt.apply(.flow())
      var webhooks = Webhooks()
      try await belt.run([webhooks.conversion(1), webhooks.conversion(2)])
      func ids(_ table: SQL) async throws -> [Identifier] {
        try await belt.pool.run("select id from \(table) order by id limit 2")
          .map { try $0.identifier("id") }
      }
      let effects = try await ids("effect")
      let opportunities = try await ids("opportunity")
      let contacts = try await ids("contact")
      let known = RDUpdaterKnown(opportunities: [:], contacts: [:], effects: [:], waiting: [])
      let stage = RDUpdaterStage(crms: belt.crms, desk: belt.rdDesk())
      let state = OpportunityState(
        status: .won,
        stage: "Novo",
        value: nil,
        lossReason: nil,
        tags: [],
        version: 99
      )
      func tagged(_ ids: [Identifier], _ tag: String) -> [SQL] {
        TagSyncStage(crms: belt.crms, client: belt.client)
          .results(ids.map { AgreedTags(of: IntegrationKey("acme", $0), [tag]) })
          .statements
      }
      try await belt.pool.run(tagged(opportunities, "feira"))
      let letters = [Identifier(high: 1, low: 1), Identifier(high: 1, low: 2)]
      try await DeadLetterRecorder(pool: belt.pool)
        .record(letters.map { (Self.message($0), Reason("gone", "It is gone.")) })
      var owners: [Identifier: String?] = [:]
      for row in try await belt.pool.run("select id, owner from contact") {
        owners[try row.identifier("id")] = try row.optionalString("owner")
      }
      let cases = [
        Case("sending", "effect", effects) { ids in
          [
            Effects.sending(
              ids.map {
                Effects.Intent(message: Self.message($0), kind: "k", subject: $0, plan: [:])
              }
            )
          ]
        },
        Case("taking over", "effect", effects) { ids in
          Effects.takingOver(ids.map { (Self.message($0), 2) })
        },
        Case("settling", "effect", effects) { ids in
          Effects.settling(
            ids.map { Effects.Result(message: Self.message($0), state: .confirmed) }
          )
        },
        Case("told of opportunities", "opportunity", opportunities) { ids in
          stage.writes(ids.map { .opportunity(IntegrationKey("acme", $0), state) }, known)
            .statements
        },
        Case("told of contacts", "contact", contacts) { ids in
          stage.writes(ids.map { .contact(IntegrationKey("acme", $0), version: 99) }, known)
            .statements
        },
        Case("kept contacts", "contact", contacts) { ids in
          let drafts = ids.map {
            RecordDraft(.contact, id: $0, fields: [FieldValue(name: "cor", value: "azul")])
          }
          return RecordRows.keeping(drafts.map { ($0, "acme") }).statements
        },
        Case("owners of contacts", "contact", contacts) { ids in
          let drafts = ids.map { RecordDraft(.contact, id: $0, owner: "nova@exemplo.com.br") }
          return RecordRows.owning(drafts.map { ($0, owners[$0.id] ?? nil, "acme") }).statements
        },
        Case("created opportunities", "opportunity", opportunities) { ids in
          OpportunityCreatorStage(crms: belt.crms, pool: belt.pool)
            .results(ids.map { .created($0, CRMRecord(id: "\($0)"), integration: "acme") })
            .statements
        },
        Case("dead letters", "dead_letter", letters) { ids in
          [DeadLetters.discarding(ids.map { DeadLetter.Key("acme", $0) }, reason: "seen")]
        },
        Case("tags", "tag_state", key: "opportunity_id", opportunities) { tagged($0, "nova") },
      ]
      let keeper = PostgresPool(
        url: belt.databaseURL,
        size: 1,
        logger: Logger(label: "keeper") { _ in SwiftLogNoOpLogHandler() }
      )
      for tried in cases {
        #expect(try await Self.locksInOrder(tried, belt.pool, keeper), "\(tried.name)")
      }
      await keeper.shutdown()
    }
  }
}
