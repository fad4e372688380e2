import AsyncHTTPClient
import Hummingbird
import Logging
import Postgres
import RDStation
import Samples
import Synchronization
import TestKit
import Testing
import Belt

@testable import BeltStorage
@testable import OutsideCalls

/// A refresh of a login that goes wrong on the way.
@Suite(.timeLimit(.minutes(1)))
struct RefreshTests {
  private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  /// RD Station's tokens: which refresh tokens it takes, and what it was asked.
  private final class TokenServer: Sendable {
    struct State {
      var taken: Set<String> = ["r0"]
      var used: [String] = []
      var serial = 0
      var rolls = true
    }

    let state = Mutex(State())

    var used: [String] { state.withLock { $0.used } }

    func router() -> Router<BasicRequestContext> {
      let router = Router()
      router.post("auth/token") { request, _ -> String in
        let body = try await request.body.collect(upTo: 4096)
        let text = String(buffer: body)
        let token = text.split(separator: "\"refresh_token\":\"").last?.split(separator: "\"").first
        return try self.state.withLock { state in
          let token = token.map(String.init) ?? ""
          state.used.append(token)
          guard state.taken.contains(token) else { throw HTTPError(.unauthorized) }
          state.serial += 1
          let next = state.rolls ? "r\(state.serial)" : token
          if state.rolls { state.taken = [next] }
          return
            #"{"access_token":"a\#(state.serial)","expires_in":86400,"refresh_token":"\#(next)"}"#
        }
      }
      router.get("marketing/account_info") { _, _ in #"{"name":"acme"}"# }
      return router
    }
  }

  private func with(
    _ body:
      @Sendable @escaping (PostgresPool, CredentialStore, TokenServer, RefreshedLogins) async throws
      -> Void
  ) async throws {
    let pool = try await migratedPool(size: 4, logger: Self.logger)
    try await pool.run(
      """
      insert into integration (id, rd_account, crm, config_version)
      values ('acme', 'acme', 'embedded', 1)
      """
    )
    let store = CredentialStore(pool: pool, key: [UInt8](repeating: 7, count: 32))
    try await store.store(
      integration: "acme",
      clientID: "client",
      clientSecret: "secret",
      refreshToken: "r0"
    )
    let server = TokenServer()
    try await withServer { announce in
      Application(
        router: server.router(),
        configuration: .init(address: .hostname("127.0.0.1", port: 0)),
        onServerRunning: { await announce($0.localAddress?.port ?? 0) },
        logger: Self.logger
      )
    } body: { port in
      let http = HTTPClient()
      let tokens = RefreshedLogins(
        store: store,
        grants: RDTokenGrants(http: http, baseURL: "http://127.0.0.1:\(port)"),
        staleness: .zero,
        pause: Pause { _ in await Task.yield() }
      )
      try await body(pool, store, server, tokens)
      try await http.shutdown()
    }
    await pool.shutdown()
  }

  @Test func `who lost the claim while it slept changes nothing, and what it got is not lost`()
    async throws
  {
    try await with { pool, store, server, tokens in
      let login = try #require(try await store.login(of: "acme"))
      let sleeper = try #require(
        try await store.claimRefresh(of: "acme", generation: 0 + login.generation)
      )
      try await pool.run("update credential set refresh_until = now() - interval '1 second'")
      let next = try #require(
        try await store.claimRefresh(of: "acme", generation: login.generation)
      )
      #expect(next.fence > sleeper.fence)
      try await store.release(sleeper)
      #expect(
        try await store.claimRefresh(of: "acme", generation: login.generation) == nil,
        "the claim of another is not cleared"
      )
      var late = login
      late.refreshToken = "late"
      late.accessToken = "late"
      #expect(try await store.refreshed(late, former: "r0", sleeper, seconds: 60) == nil)
      #expect(try await store.login(of: "acme")?.refreshToken == "r0")
      #expect(try await store.spares(of: "acme") == ["late"])
      try await store.died(sleeper)
      #expect(try await store.login(of: "acme")?.isDead == false)
      // Refused, the other falls back on what the sleeper got.
      try await store.release(next)
      server.state.withLock { $0.taken = ["late"] }
      #expect(try await tokens.accessToken(for: "acme") == "a1")
      #expect(server.used == ["r0", "late"])
    }
  }

  @Test func `a refresh token that was replaced is kept until its successor has worked`()
    async throws
  {
    try await with { _, store, server, tokens async throws in
      #expect(try await tokens.accessToken(for: "acme") == "a1")
      #expect(try await store.login(of: "acme")?.refreshToken == "r1")
      #expect(try await store.spares(of: "acme") == ["r0"])
      // RD knows nothing of the successor: the one before still opens the account.
      server.state.withLock { $0.taken = ["r0"] }
      #expect(try await tokens.accessToken(for: "acme", insteadOf: "a1") == "a2")
      #expect(server.used == ["r0", "r1", "r0"])
      #expect(try await store.login(of: "acme")?.refreshToken == "r2")
      #expect(try await tokens.accessToken(for: "acme", insteadOf: "a2") == "a3")
      #expect(try await store.spares(of: "acme") == ["r2"])
    }
  }

  @Test func `a grant outlives a database that is away`() async throws {
    try await with { pool, store, server, tokens in
      try await pool.run([
        "create sequence failures",
        """
        create function fail_twice() returns trigger language plpgsql as $$
        begin
          if new.generation > old.generation and nextval('failures') <= 2 then
            raise exception 'shutting down' using errcode = '57P01';
          end if;
          return new;
        end $$
        """,
        """
        create trigger fail_twice before update on credential for each row
        execute function fail_twice()
        """,
      ])
      #expect(try await tokens.accessToken(for: "acme") == "a1")
      #expect(try await pool.run("select nextval('failures')")[0].int(0) == 4)
      #expect(server.used == ["r0"])
      #expect(try await store.login(of: "acme")?.refreshToken == "r1")
    }
  }

  @Test func `a refused login is asked about once in a while, and comes back by itself`()
    async throws
  {
    try await with { pool, store, server, tokens in
      server.state.withLock { $0.taken = [] }
      for _ in 1...5 {
        let error = await #expect(throws: CallError.self) {
          try await tokens.accessToken(for: "acme")
        }
        #expect(error?.cause == .loginDead)
      }
      #expect(server.used == ["r0"])
      #expect(try await store.dead().map(\.integration) == ["acme"])
      server.state.withLock { $0.taken = ["r0"] }
      try await pool.run("update credential set retry_at = now()")
      #expect(try await tokens.accessToken(for: "acme") == "a1")
      #expect(try await store.dead().isEmpty)
    }
  }

  @Test func `another login is used at once, and nothing of the one before comes back`()
    async throws
  {
    try await with { pool, store, server, tokens in
      let login = try #require(try await store.login(of: "acme"))
      let claim = try #require(
        try await store.claimRefresh(of: "acme", generation: login.generation)
      )
      try await store.store(
        integration: "acme",
        clientID: "client",
        clientSecret: "secret",
        refreshToken: "other"
      )
      #expect(try await store.refreshed(login, former: "r0", claim, seconds: 60) == nil)
      #expect(try await store.spares(of: "acme").isEmpty)
      server.state.withLock { $0.taken = ["other"] }
      #expect(try await tokens.accessToken(for: "acme") == "a1")
      #expect(server.used == ["other"])
    }
  }

  @Test func `who joins a look-up and is told the token that RD refuses asks for another`()
    async throws
  {
    try await with { pool, _, server, tokens in
      #expect(try await tokens.accessToken(for: "acme") == "a1")
      // The first look-up takes as long as the logins are locked, and the second caller joins it.
      let holder = Task {
        try await pool.transaction { connection in
          _ = try connection.run([
            "lock table credential in access exclusive mode", "select pg_sleep(1)",
          ])
        }
      }
      while try await pool.run(
        "select 1 from pg_locks where relation = 'credential'::regclass and granted and mode = 'AccessExclusiveLock'"
      ).isEmpty { await Task.yield() }
      let first = Task { try await tokens.accessToken(for: "acme") }
      while try await pool.run("select 1 from pg_locks where not granted").isEmpty {
        await Task.yield()
      }
      let second = Task { try await tokens.accessToken(for: "acme", insteadOf: "a1") }
      try await holder.value
      #expect(try await first.value == "a1")
      #expect(try await second.value == "a2")
      #expect(server.used == ["r0", "r1"])
    }
  }
}
