import Belt
import DataCRM
import Leads
import OutsideCalls
import SandboxLeads
import StrictJSON
import Synchronization
import Testing

@testable import Sandbox

/// Challenge, login and session, as the reference says they fail.
@Suite(.timeLimit(.minutes(1)))
struct DataCRMLoginTests {
  private let nobody = RecordQuery(.contact, keys: [MatchKey(.email, "nadie@ejemplo.co")])

  @Test func `a session that was left idle is renewed once, and the call is made again`()
    async throws
  {
    try await withDataCRM { running async throws in
      #expect(try await running.crm.find([nobody]).map { try $0.get() } == [nil])
      running.clock.advance(seconds: 1900)
      #expect(try await running.crm.find([nobody]).map { try $0.get() } == [nil])
      #expect(await running.logins.logins == 2)
    }
  }

  @Test func `a session ends after a day, however much it was used`() async throws {
    try await withDataCRM { running async throws in
      for _ in 0..<60 {
        _ = try await running.crm.find([nobody]).map { try $0.get() }
        running.clock.advance(seconds: 1500)
      }
      #expect(await running.logins.logins == 2)
    }
  }

  @Test func `a challenge lives for five minutes, and asking for another ends it`() async throws {
    try await withDataCRM { running async throws in
      let now = running.clock.now
      let settings = DataCRMSettings()
      try running.account.state.withLock { state in
        let user = try #require(state.users.first { $0.name == "rdstation" })
        func key(_ token: String) -> String {
          DataCRMSessionBook.digest(token + user.accessKey)
        }
        let first = state.sessions.challenge(of: user, now: now, settings).token
        let second = state.sessions.challenge(of: user, now: now, settings).token
        let late = now.adding(seconds: 300)
        for (token, at) in [(first, now), (second, late)] {
          let refusal = #expect(throws: Refusal.self) {
            try state.sessions.login(user, accessKey: key(token), now: at, settings)
          }
          #expect(refusal?.body["error"]?["code"] == "INVALID_AUTH_TOKEN")
        }
        _ = try state.sessions.login(user, accessKey: key(second), now: now, settings)
      }
    }
  }

  @Test(arguments: [false, true])
  func `who loses his challenge to another asks for one more`(saysCredentials: Bool) async throws {
    try await withDataCRM { running async throws in
      running.set { $0.replacedChallengeIsCredentials = saysCredentials }
      // The first challenge is replaced before its login comes.
      try running.set(
        faults:
          #"[{"route":"POST *operation=login","kind":"latency","milliseconds":300,"times":1}]"#
      )
      let sessions = DataCRMSessions(
        http: running.http,
        baseURL: "\(running.root)/datacrm/acme"
      )
      async let one = sessions.refresh(
        clientID: "rdstation",
        clientSecret: "",
        refreshToken: "sandbox-key-rdstation-acme"
      )
      while !running.account.state.withLock({ $0.sessions.hasChallenge(of: 6) }) {
        await Task.yield()
      }
      let other = try await sessions.refresh(
        clientID: "rdstation",
        clientSecret: "",
        refreshToken: "sandbox-key-rdstation-acme"
      )
      let loser = try await one
      #expect(loser.accessToken != other.accessToken)
    }
  }

  @Test(arguments: ["wrong", ""])
  func `a wrong key needs a person`(key: String) async throws {
    try await withDataCRM { running async throws in
      let sessions = DataCRMSessions(
        http: running.http,
        baseURL: "\(running.root)/datacrm/acme"
      )
      let error = await #expect(throws: CallError.self) {
        try await sessions.refresh(clientID: "rdstation", clientSecret: "", refreshToken: key)
      }
      #expect(error?.cause == .loginDead)
    }
  }

  @Test func `an account that the vendor has closed needs a person`() async throws {
    try await withDataCRM { running async throws in
      running.set { $0.isBlocked = true }
      let answer = await running.crm.find([nobody])
      guard case .failure(let error)? = answer.first else {
        Issue.record("\(answer)")
        return
      }
      #expect(error.code == .loginEnded)
    }
  }
}
