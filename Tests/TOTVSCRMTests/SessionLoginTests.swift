import Belt
import Leads
import OutsideCalls
import StrictJSON
import Synchronization
import Testing

@testable import Sandbox
@testable import TOTVSCRM

@Suite(.timeLimit(.minutes(1)))
struct SessionLoginTests {
  private static let nobody = RecordQuery(.contact, keys: [MatchKey(.email, "a@b.example")])
  private static let countLogins =
    #"{"route":"POST */api/login","kind":"latency","milliseconds":1}"#

  private func failure(_ running: RunningTenant) async -> CRMError.Code? {
    guard case .failure(let error)? = await running.crm.find([Self.nobody]).first else {
      return nil
    }
    return error.code
  }

  @Test func `many calls share one login, and one session serves them`() async throws {
    try await withTenant { running async throws in
      try running.set(faults: "[\(Self.countLogins)]")
      let queries = [RecordQuery](repeating: Self.nobody, count: 40)
      #expect(await running.crm.find(queries).allSatisfy { $0 == .success(nil) })
      #expect(running.fired == [1])
    }
  }

  @Test func `a session that ended is renewed once for all that meet it`() async throws {
    try await withTenant { running async throws in
      #expect(await failure(running) == nil)
      running.tenant.state.withLock { $0.login.endAll() }
      try running.set(faults: "[\(Self.countLogins)]")
      let queries = [RecordQuery](repeating: Self.nobody, count: 40)
      #expect(await running.crm.find(queries).allSatisfy { $0 == .success(nil) })
      #expect(running.fired == [1])
    }
  }

  @Test func `a wrong password is tried once and never again, until there is another`() async throws
  {
    try await withTenant { running async throws in
      #expect(running.setUp("password", "changed-in-the-crm"))
      for _ in 0..<(TenantLogin.failuresMax + 2) {
        #expect(await failure(running) == .loginEnded)
      }
      #expect(running.tenant.state.withLock { $0.login.isLocked } == false)
      running.password.current = "changed-in-the-crm"
      #expect(await failure(running) == nil)
    }
  }

  @Test func `an unknown tenant is a dead login too`() async throws {
    try await withTenant(tenant: "unknown") { running async throws in
      #expect(await failure(running) == .loginEnded)
    }
  }

  @Test func `a login that fails for a while says nothing of the password`() async throws {
    try await withTenant { running async throws in
      try running.set(
        faults: #"[{"route":"POST */api/login","kind":"status","status":503,"times":1}]"#
      )
      guard case .rateLimited? = await failure(running) else {
        Issue.record("not told as a wait")
        return
      }
      #expect(await failure(running) == nil)
    }
  }

  @Test func `an integration without a login is told, and nothing is called`() async throws {
    try await withTenant { running async throws in
      let logins = SessionLogins(TOTVSSessions(http: running.http, baseURL: running.root)) { _ in
        nil
      }
      let error = await #expect(throws: CallError.self) { try await logins.pass(for: "acme") }
      #expect(error?.cause == .noLogin)
    }
  }

  @Test func `neither a login nor a pass shows its secret`() {
    let login = TOTVSLogin(user: "u@x.example", password: "hidden", tenant: "acme")
    #expect(!"\(login)".contains("hidden") && !String(reflecting: login).contains("hidden"))
  }
}
