import OutsideCalls
import AsyncHTTPClient
import Hummingbird
import BeltStorage
import Leads
import Logging
import Postgres
import RDStation
import Samples
import Synchronization
import TestKit
import Testing

@Suite(.timeLimit(.minutes(1)))
struct CredentialTests {
  private let key = [UInt8](repeating: 7, count: 32)

  private func withStore(_ body: (PostgresPool, CredentialStore) async throws -> Void) async throws
  {
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let pool = try await migratedPool(size: 8, logger: logger)
    try await pool.run(
      """
      insert into integration (id, rd_account, crm, config_version)
      values ('acme', 'acme', 'embedded', 1), ('beta', 'beta', 'embedded', 1)
      """
    )
    let store = CredentialStore(pool: pool, key: key)
    try await store.store(
      integration: "acme",
      clientID: "client",
      clientSecret: "secret-of-acme",
      refreshToken: "refresh-of-acme"
    )
    try await body(pool, store)
    await pool.shutdown()
  }

  @Test func `a login is read as it was stored, and its row shows no secret`() async throws {
    try await withStore { pool, store in
      let login = try #require(try await store.login(of: "acme"))
      #expect(login.clientSecret == "secret-of-acme")
      #expect(login.refreshToken == "refresh-of-acme")
      #expect(!login.isValid)
      let sealed = try await pool.run("select sealed from credential")[0].bytes(0)
      #expect(!String(decoding: sealed, as: UTF8.self).contains("of-acme"))
    }
  }

  @Test func `a row copied to another integration does not open`() async throws {
    try await withStore { pool, store in
      try await pool.run(
        """
        insert into credential (integration_id, system, key_id, sealed)
        select 'beta', system, key_id, sealed from credential
        """
      )
      await #expect(throws: CredentialFault.self) { try await store.login(of: "beta") }
    }
  }

  @Test func `another key is named as the cause`() async throws {
    try await withStore { pool, _ in
      let other = CredentialStore(pool: pool, key: [UInt8](repeating: 8, count: 32))
      let fault = await #expect(throws: CredentialFault.self) {
        try await other.login(of: "acme")
      }
      #expect(fault?.description.contains("ESTEIRA_SECRET_KEY") == true)
    }
  }

  @Test func `twenty callers in four processes refresh an expired login once`() async throws {
    try await withStore { _, store in
      let refreshes = Atomic<Int>(0)
      let router = Router()
      router.post("auth/token") { _, _ in
        let count = refreshes.add(1, ordering: .relaxed).newValue
        return """
          {"access_token":"token-\(count)","expires_in":86400,"refresh_token":"next-\(count)"}
          """
      }
      try await withServer { announce in
        Application(
          router: router,
          configuration: .init(address: .hostname("127.0.0.1", port: 0)),
          onServerRunning: { await announce($0.localAddress?.port ?? 0) },
          logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
      } body: { port in
        let http = HTTPClient()
        // Each stands for a process: it knows nothing of the others but the database.
        let processes = (0..<4).map { _ in
          RefreshedLogins(
            store: store,
            grants: RDTokenGrants(http: http, baseURL: "http://127.0.0.1:\(port)")
          )
        }
        let tokens = try await withThrowingTaskGroup(of: String.self) { group in
          for caller in 0..<20 {
            group.addTask { try await processes[caller % 4].accessToken(for: "acme") }
          }
          return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(tokens == ["token-1"])
        #expect(refreshes.load(ordering: .relaxed) == 1)
        let renewed = try await processes[0].accessToken(for: "acme", insteadOf: "token-1")
        #expect(renewed == "token-2")
        #expect(try await processes[1].accessToken(for: "acme", insteadOf: "token-1") == "token-2")
        #expect(try await store.login(of: "acme")?.refreshToken == "next-2")
        try await http.shutdown()
      }
    }
  }

  @Test func `applying the settings again keeps the refresh token that RD has given since`()
    async throws
  {
    try await withStore { _, store in
      try await withServer { announce in
        let router = Router()
        router.post("auth/token") { _, _ in
          #"{"access_token":"token","expires_in":86400,"refresh_token":"the-next-one"}"#
        }
        return Application(
          router: router,
          configuration: .init(address: .hostname("127.0.0.1", port: 0)),
          onServerRunning: { await announce($0.localAddress?.port ?? 0) },
          logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
      } body: { port in
        let http = HTTPClient()
        let tokens = RefreshedLogins(
          store: store,
          grants: RDTokenGrants(http: http, baseURL: "http://127.0.0.1:\(port)")
        )
        _ = try await tokens.accessToken(for: "acme")
        try await http.shutdown()
      }
      try await store.store(
        integration: "acme",
        clientID: "client",
        clientSecret: "secret-of-acme",
        refreshToken: "refresh-of-acme"
      )
      #expect(try await store.login(of: "acme")?.refreshToken == "the-next-one")
    }
  }
}
