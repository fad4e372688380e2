import Belt
import BeltStorage
import DataCRM
import Logging
import OutsideCalls
import Postgres
import Synchronization
import TestKit
import Testing

@testable import Sandbox

/// A login that many processes share: each challenge ends the user's one before.
@Suite(.timeLimit(.minutes(1)))
struct DataCRMFleetTests {
  /// Several processes over one database, each with calls beside each other.
  private func passes(
    of fleet: [RefreshedLogins],
    _ ask: @escaping @Sendable (RefreshedLogins) async throws -> Pass
  ) async throws -> Set<Pass> {
    try await withThrowingTaskGroup(of: Pass.self) { group in
      for logins in fleet + fleet + fleet { group.addTask { try await ask(logins) } }
      return try await group.reduce(into: []) { $0.insert($1) }
    }
  }

  @Test func `a fleet logs in once, and once more when the session ends`() async throws {
    let pool = PostgresPool(
      url: try await PrivatePostgres.freshDatabase(),
      size: 4,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    )
    _ = try await Migrator(pool: pool).migrate()
    try await pool.run(
      """
      insert into integration (id, rd_account, crm, config_version)
      values ('acme', 'acme', 'datacrm', 1)
      """
    )
    let store = CredentialStore(
      pool: pool,
      key: [UInt8](repeating: 7, count: 32),
      system: OutsideSystem.dataCRM.code
    )
    try await store.store(
      integration: "acme",
      clientID: "rdstation",
      clientSecret: "",
      refreshToken: "sandbox-key-rdstation-acme"
    )
    try await withDataCRM { running async throws in
      let fleet = (0..<4).map { _ in
        RefreshedLogins(
          store: store,
          grants: DataCRMSessions(http: running.http, baseURL: "\(running.root)/datacrm/acme"),
          pass: DataCRMSessions.pass
        )
      }
      let first = try await passes(of: fleet) { try await $0.pass(for: "acme") }
      let ended = try #require(first.first)
      #expect(first.count == 1)
      running.account.state.withLock { $0.sessions.endAll() }
      let second = try await passes(of: fleet) {
        try await $0.renewedPass(for: "acme", insteadOf: ended)
      }
      #expect(second.count == 1 && !second.contains(ended))
      #expect(running.account.state.withLock { $0.sessions.logins } == 2)
    }
    await pool.shutdown()
  }
}
