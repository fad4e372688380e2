import OutsideCalls
import Belt
import AsyncHTTPClient
import HTTPTypes
import Logging
@testable import RDStation
@testable import Sandbox
import StrictJSON
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1)))
struct RDTokenTests {
  let ana = "ana.prado@exemplo.com.br"

  @Test func `an expired token is renewed once and the call is done once`() async throws {
    try await withSandbox { sandbox async throws in
      try await sandbox.client.send([.opportunity(email: ana)], for: "acme")
      try sandbox.set(
        faults: #"[{"route":"POST /platform/events","kind":"expired_token","times":1}]"#
      )
      try await sandbox.client.send(
        [.conversion(email: ana, identifier: "c", marker: "m", fields: [:])],
        for: "acme"
      )
      #expect(await sandbox.tokens.refreshes == 2)
      #expect(try sandbox.effects() == ["opportunity:no_effect", "conversion:done"])
    }
  }

  @Test func `many calls with one expired token share one renewal`() async throws {
    try await withSandbox { sandbox async throws in
      try await sandbox.client.send([.opportunity(email: ana)], for: "acme")
      try sandbox.set(
        faults: #"[{"route":"POST /platform/events","kind":"expired_token","times":1}]"#
      )
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<20 {
          group.addTask {
            try await sandbox.client.send([.opportunity(email: ana)], for: "acme")
          }
        }
        try await group.waitForAll()
      }
      #expect(await sandbox.tokens.refreshes == 2)
    }
  }

  @Test func `a token refused twice is reported, after two calls`() async throws {
    try await withSandbox { sandbox async throws in
      try sandbox.set(faults: #"[{"route":"POST /platform/events","kind":"expired_token"}]"#)
      let error = await #expect(throws: CallError.self) {
        try await sandbox.client.send([.opportunity(email: ana)], for: "acme")
      }
      #expect(error?.meaning == .login)
      #expect(try sandbox.effects().isEmpty)
      #expect(sandbox.server.faults.json.array?.first?["fired"] == 2)
    }
  }

  @Test func `a revoked login needs a person`() async throws {
    try await withSandbox { sandbox async throws in
      try await sandbox.client.send([.opportunity(email: ana)], for: "acme")
      sandbox.server.rd.account("acme").state.withLock { $0.login.revoke() }
      let error = await #expect(throws: CallError.self) {
        try await sandbox.client.send([.opportunity(email: ana)], for: "acme")
      }
      #expect(error?.meaning == .login)
    }
  }

  @Test func `a refresh yields both tokens and their life`() async throws {
    try await withSandbox { sandbox async throws in
      sandbox.server.rd.settings.withLock {
        $0.rotatesRefreshTokens = true
        $0.tokenSeconds = 7200
      }
      let grant = try await refresh(sandbox, token: "sandbox-refresh-acme")
      #expect(grant.refreshToken != "sandbox-refresh-acme")
      #expect(grant.expiresIn == .seconds(7200))
      #expect(!grant.description.contains(grant.accessToken))
      let error = await #expect(throws: CallError.self) {
        try await refresh(sandbox, token: "sandbox-refresh-acme")
      }
      #expect(error?.cause == .loginDead)
      _ = try await refresh(sandbox, token: grant.refreshToken)
    }
  }

  @Test func `a wrong secret of the application needs a person`() async throws {
    try await withSandbox { sandbox async throws in
      let error = await #expect(throws: CallError.self) {
        try await refresh(sandbox, token: "sandbox-refresh-acme", secret: "wrong")
      }
      #expect(error?.cause == .loginDead)
    }
  }

  @Test func `a failing token storage is told apart from RD and from a missing login`() async throws
  {
    struct Broken: Logins {
      struct Failure: Error {}
      func pass(for integration: String) throws -> Pass { throw Failure() }
      func renewedPass(for integration: String, insteadOf refused: Pass) throws -> Pass {
        throw Failure()
      }
    }
    try await withSandbox { sandbox async throws in
      let client = RDStationClient(
        http: sandbox.http,
        baseURL: sandbox.root,
        logins: Broken(),
        logger: .init(label: "test")
      )
      let error = await #expect(throws: CallError.self) {
        try await client.send([.opportunity(email: ana)], for: "acme")
      }
      #expect(error?.cause == .heldBack(.seconds(5)))
      #expect(error?.underlying is Broken.Failure)
    }
  }

  private func refresh(
    _ sandbox: RunningSandbox,
    token: String,
    secret: String = "sandbox-secret"
  ) async throws -> TokenGrant {
    try await RDTokenGrants(http: sandbox.http, baseURL: "\(sandbox.root)/rd").refresh(
      clientID: "sandbox-client",
      clientSecret: secret,
      refreshToken: token
    )
  }
}
