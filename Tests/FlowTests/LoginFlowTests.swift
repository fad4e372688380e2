import EmbeddedCRM
import Leads
import Postgres
import RDStation
import StrictJSON
import Synchronization
import TestKit
import Testing
import Belt

@testable import BeltStorage
@testable import OutsideCalls
@testable import Sandbox

/// What a login that dies costs, and how another takes its place.
@Suite(.timeLimit(.minutes(2)))
struct LoginFlowTests {
  /// New opportunities of which RD Station is to be told.
  private func created(_ belt: Belt, people: ClosedRange<Int> = 1...1) async throws -> [Message] {
    try await belt.apply(.flow())
    var webhooks = Webhooks()
    let imported = try await belt.follows(
      .leadImporter,
      people.map { webhooks.conversion($0) }
    )
    let centralized = try await belt.follows(.centralizer, imported)
    return try await belt.follows(.opportunityCreator, centralized)
  }

  private func revoke(_ belt: Belt, _ account: String = "acme") {
    belt.sandbox.rd.account(account).state.withLock { $0.login.revoke() }
  }

  /// A fresh refresh token of an account, as from RD's dialog.
  private func connected(_ belt: Belt, _ account: String = "acme") -> GivenLogin {
    let settings = belt.sandbox.rd.settings.withLock { $0 }
    let grant = belt.sandbox.rd.account(account).state.withLock {
      $0.login.grant(insteadOf: nil, settings: settings, now: belt.sandbox.rd.now())
    }
    return Self.given(grant.refresh)
  }

  private static func given(_ token: String) -> GivenLogin {
    GivenLogin(
      clientID: "sandbox-client",
      clientSecret: "sandbox-secret",
      refreshToken: token
    )
  }

  private func isDue(_ belt: Belt) async throws {
    try await belt.pool.run("update credential set retry_at = now() - interval '1 second'")
  }

  private func replaced(_ verdict: LoginTrial.Verdict, _ belt: Belt) async throws -> Bool {
    guard case .replaced(_, _, let writes) = verdict else { return false }
    try await belt.pool.run(writes)
    return true
  }

  @Test func `a dead login holds what is to be told, says so once, and goes on with a new one`()
    async throws
  {
    try await withBelt { belt in
      let messages = try await created(belt, people: 1...5)
      #expect(messages.count == 10)
      revoke(belt)
      let first = try await belt.run(messages)
      #expect(first.rejected.isEmpty)
      #expect(Set(first.waiting.map(\.reason.code)) == ["rd_login_dead"])
      #expect(first.waiting.allSatisfy { $0.reason.sentence.contains("esteira connect acme") })
      #expect(try await belt.count("select count(*) from dead_letter") == 0)
      // Once it is known, what waits costs no call and no effect.
      let effects = try await belt.count("select count(*) from effect")
      let tokens = try belt.ledger("token").count
      for deferrals in 1...3 {
        let again = first.waiting.map { waiting in
          var message = waiting.message
          message.deferrals = deferrals
          message.cause = "rd_login_dead"
          return message
        }
        let rest = try await belt.run(again)
        #expect(rest.waiting.map(\.reason.code).count == first.waiting.count)
      }
      #expect(try await belt.count("select count(*) from effect") == effects)
      #expect(try belt.ledger("token").count == tokens)
      let lines = try await belt.count(
        "select max(n) from (select count(*) as n from journey where code = 'rd_login_dead' group by journey_id, stage) as j"
      )
      #expect(lines == 1)
      let verdict = try await belt.trial().weigh(connected(belt))
      #expect(try await replaced(verdict, belt))
      let rest = try await belt.run(first.waiting.map(\.message))
      #expect(rest.waiting.isEmpty)
      #expect(rest.rejected.isEmpty)
      #expect(try belt.ledger("opportunity").count == 5)
      #expect(try belt.ledger("conversion").count == 10)
    }
  }

  @Test func `a login that is refused for a while comes back by itself, one message finds out`()
    async throws
  {
    try await withBelt { belt in
      let messages = try await created(belt, people: 1...3)
        .filter { $0.stage == Flow.rdUpdater.stage }
      let refused = try #require(
        Fault(["route": "POST /platform/events*", "kind": "expired_token", "percent": 100])
      )
      belt.sandbox.faults.replace(with: [refused], seed: 1)
      let first = try await belt.run(messages)
      #expect(
        first.waiting.map(\.reason.code) == ["rd_login_dead", "rd_login_dead", "rd_login_dead"]
      )
      #expect(first.rejected.isEmpty)
      belt.sandbox.faults.replace(with: [], seed: 1)
      #expect(try await belt.run(messages).waiting.count == 3, "before it is time nobody asks")
      try await isDue(belt)
      #expect(try await belt.run(messages).waiting.count == 2)
      #expect(try await belt.run(messages).waiting.isEmpty)
      #expect(try belt.ledger("opportunity").count == 3)
    }
  }

  @Test func `a login that cannot be read here holds its messages too`() async throws {
    try await withBelt { belt in
      let messages = try await created(belt).filter { $0.stage == Flow.rdUpdater.stage }
      try await belt.pool.run("update credential set key_id = 'another'")
      let rest = try await belt.run(messages)
      #expect(rest.waiting.map(\.reason.code) == ["rd_no_token"])
      guard case .snooze? = try await belt.handler(.rdUpdater).handle(messages).first else {
        Issue.record("a wait that counts no attempt")
        return
      }
    }
  }

  @Test func `a token endpoint that fails says nothing of the login, and nothing is unknown`()
    async throws
  {
    try await withBelt { belt in
      let messages = try await created(belt).filter { $0.stage == Flow.rdUpdater.stage }
      let failing = try #require(
        Fault(["route": "POST /auth/token", "kind": "status", "status": 503, "percent": 100])
      )
      belt.sandbox.faults.replace(with: [failing], seed: 1)
      #expect(try await belt.run(messages).waiting.map(\.reason.code) == ["rd_held_back"])
      #expect(try await belt.count("select count(*) from effect where state = 'failed'") == 1)
      #expect(try await belt.count("select count(*) from credential where dead_since is null") == 1)
    }
  }

  @Test func `a login of another account is refused, and the right one is taken`() async throws {
    try await withBelt { belt in
      try await belt.apply(.flow())
      let wrong = connected(belt, "outra")
      await #expect(throws: LoginRefusal.otherAccount(opens: "outra.exemplo.com.br", named: "acme"))
      {
        try await belt.trial().weigh(wrong)
      }
      let login = try await CredentialStore(pool: belt.pool, key: Belt.key).login(of: "acme")
      #expect(login?.refreshToken == "sandbox-refresh-acme")
      let right = try await belt.trial().weigh(connected(belt))
      #expect(try await replaced(right, belt))
      let any = try await belt.trial(anyAccount: true).weigh(wrong)
      #expect(try await replaced(any, belt))
    }
  }

  @Test func `a login that another integration uses for another account is refused untried`()
    async throws
  {
    try await withBelt { belt in
      try await belt.apply(.flow("beta"))
      let tokens = try belt.ledger("token").count
      await #expect(throws: LoginRefusal.othersLogin("beta", account: "beta")) {
        try await belt.trial().weigh(Self.given("sandbox-refresh-beta"))
      }
      #expect(try belt.ledger("token").count == tokens)
    }
  }

  @Test func `what was given before is not tried, and does not stand in the way`() async throws {
    try await withBelt { belt in
      try await belt.apply(.flow())
      let first = Self.given("sandbox-refresh-acme")
      let second = connected(belt)
      let trial = try await belt.trial().weigh(second)
      #expect(try await replaced(trial, belt))
      let tokens = try belt.ledger("token").count
      for given in [first, second] {
        let verdict = try await belt.trial().weigh(given)
        let isReplaced = try await replaced(verdict, belt)
        #expect(!isReplaced)
      }
      #expect(try belt.ledger("token").count == tokens)
      // Dead, it is worth a try; and refused, it changes nothing.
      revoke(belt)
      try await belt.pool.run("update credential set dead_since = now(), retry_at = now()")
      guard case .kept = try await belt.trial().weigh(second) else {
        Issue.record("a dead login must not block the settings")
        return
      }
    }
  }

  @Test func `a new login that is refused or cannot be tried changes nothing`() async throws {
    try await withBelt { belt in
      try await belt.apply(.flow())
      await #expect(throws: LoginRefusal.refused(.rdStation)) {
        try await belt.trial().weigh(Self.given("errado"))
      }
      let away = try #require(
        Fault(["route": "POST /auth/token", "kind": "drop_before", "percent": 100])
      )
      belt.sandbox.faults.replace(with: [away], seed: 1)
      let refusal = await #expect(throws: LoginRefusal.self) {
        try await belt.trial().weigh(connected(belt))
      }
      #expect(refusal?.isTransient == true)
      let unchanged = try await belt.trial()
        .weigh(Self.given("sandbox-refresh-acme"))
      let isReplaced = try await replaced(unchanged, belt)
      #expect(!isReplaced)
    }
  }

  @Test func `a trial that was cut short has not spent the refresh token for nothing`() async throws
  {
    try await withBelt { belt in
      try await belt.apply(.flow())
      belt.sandbox.rd.settings.withLock {
        $0.rotatesRefreshTokens = true
        $0.detectsReuse = true
      }
      let given = connected(belt)
      let silent = try #require(
        Fault([
          "route": "GET /marketing/account_info", "kind": "status", "status": 503, "percent": 100,
          "times": 1,
        ])
      )
      belt.sandbox.faults.replace(with: [silent], seed: 1)
      let refusal = await #expect(throws: LoginRefusal.self) {
        try await belt.trial().weigh(given)
      }
      #expect(refusal?.isTransient == true)
      let trial = try await belt.trial().weigh(given)
      #expect(try await replaced(trial, belt))
      #expect(try belt.ledger("token").filter { $0["identifier"] == "reuse" }.isEmpty)
    }
  }

  @Test func `where refresh tokens roll, twenty refreshes by two processes reuse none`()
    async throws
  {
    try await withBelt { belt in
      try await belt.apply(.flow())
      belt.sandbox.rd.settings.withLock {
        $0.rotatesRefreshTokens = true
        $0.detectsReuse = true
        $0.tokenSeconds = 30
      }
      let clients = [belt.client, belt.hangingClient(timeout: .seconds(2))]
      for _ in 1...10 {
        try await withThrowingTaskGroup { group in
          for client in clients {
            group.addTask {
              _ = try await client.contact(.email("ana@exemplo.com.br"), for: "acme")
            }
          }
          try await group.waitForAll()
        }
      }
      #expect(try belt.ledger("token").filter { $0["identifier"] == "reuse" }.isEmpty)
    }
  }

  /// The login as a version that did not keep what was given has stored and used it.
  private func former(_ belt: Belt, isExpiredHere: Bool, isExpiredThere: Bool) async throws {
    _ = try await belt.client.contact(.email("ana@exemplo.com.br"), for: "acme")
    let store = CredentialStore(pool: belt.pool, key: Belt.key)
    var login = try #require(try await store.login(of: "acme"))
    login.given = []
    let sealed = try store.seal(login, "acme")
    try await belt.pool.run("update credential set sealed = \(sealed)")
    if isExpiredHere {
      try await belt.pool.run("update credential set expires_at = now() - interval '1 minute'")
    }
    if isExpiredThere, let token = login.accessToken {
      belt.sandbox.rd.account("acme").state.withLock { $0.login.expire(token) }
    }
  }

  @Test(arguments: [(false, false), (true, true), (false, true)])
  func `a login of a former version stays, also when its access token has run out`(
    isExpiredHere: Bool,
    isExpiredThere: Bool
  ) async throws {
    try await withBelt { belt in
      try await belt.apply(.flow())
      belt.sandbox.rd.settings.withLock { $0.rotatesRefreshTokens = true }
      try await former(belt, isExpiredHere: isExpiredHere, isExpiredThere: isExpiredThere)
      let verdict = try await belt.trial()
        .weigh(Self.given("spent-long-ago"))
      let isReplaced = try await replaced(verdict, belt)
      #expect(!isReplaced)
      #expect(try await belt.count("select count(*) from credential where dead_since is null") == 1)
    }
  }

  @Test func `who tries the login in force takes its turn with the workers`() async throws {
    try await withBelt { belt in
      try await belt.apply(.flow())
      belt.sandbox.rd.settings.withLock {
        $0.rotatesRefreshTokens = true
        $0.detectsReuse = true
      }
      let store = CredentialStore(pool: belt.pool, key: Belt.key)
      let given = Self.given("sandbox-refresh-acme")
      let login = try #require(try await store.login(of: "acme"))
      let claim = try #require(
        try await store.claimRefresh(of: "acme", generation: login.generation)
      )
      let refusal = await #expect(throws: LoginRefusal.self) {
        try await belt.trial().connect(given)
      }
      #expect(refusal?.isTransient == true)
      #expect(try belt.ledger("token").isEmpty)
      try await store.release(claim)
      // Whatever becomes of the trial's writes, the workers have what it got.
      _ = try await belt.trial().connect(given)
      _ = try await belt.client.contact(.email("ana@exemplo.com.br"), for: "acme")
      try await belt.pool.run("update credential set refresh_until = now() - interval '1 second'")
      let again = try await belt.trial().connect(given)
      #expect(try await replaced(again, belt))
      #expect(try belt.ledger("token").filter { $0["identifier"] == "reuse" }.isEmpty)
    }
  }
}
