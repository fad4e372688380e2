import BeltStorage
import Leads
import Logging
import Postgres
import Testing

/// Two workers write what a CRM holds of one person.
@Suite(.timeLimit(.minutes(1)))
struct RecordRaceTests {
  private static func waits(_ count: Int, _ pool: PostgresPool) async throws {
    while try await pool.run("select from pg_locks where not granted").count < count {
      await Task.yield()
    }
  }

  @Test(arguments: [true, false])
  func `the owner and the id that were written first stay`(isInCRM: Bool) async throws {
    try await withBelt { belt in
      try await belt.apply(.flow())
      var webhooks = Webhooks()
      try await belt.run([webhooks.conversion(1)])
      try await belt.pool.run("update contact set owner = null, crm_id = null, in_crm = false")
      let id = try await belt.pool.run("select id from contact")[0].identifier("id")
      let keeper = PostgresPool(
        url: belt.databaseURL,
        size: 1,
        logger: Logger(label: "keeper") { _ in SwiftLogNoOpLogHandler() }
      )
      try await keeper.run("select pg_advisory_lock(78)")
      async let first: Void = belt.pool.transaction { connection in
        try connection.run([
          "update contact set owner = 'Bia', crm_id = '1'", "select pg_advisory_xact_lock(78)",
        ])
      }
      try await Self.waits(1, belt.pool)
      let draft = RecordDraft(.contact, id: id, record: CRMRecord(id: "2"), owner: "Rui")
      let writes =
        isInCRM
        ? RecordRows.keeping([(draft, "acme")]) : RecordRows.owning([(draft, nil, "acme")])
      async let second: Void = belt.pool.transaction { try $0.commit(writes.statements) }
      try await Self.waits(2, belt.pool)
      try await keeper.run("select pg_advisory_unlock(78)")
      try await first
      try await second
      let row = try await belt.pool.run("select owner, crm_id from contact")[0]
      #expect(try row.string("owner") == "Bia")
      #expect(try row.string("crm_id") == "1")
      await keeper.shutdown()
    }
  }
}
