import NIOHTTP1
import StrictJSON
import Testing

@testable import Sandbox

@Suite(.timeLimit(.minutes(1)))
struct RDQuotaTests {
  @Test(arguments: [("PATCH", "", 24), ("POST", "/tag", 24), ("GET", "/funnels/default", 24)])
  func `a contact takes so many calls a day, when quotas are on`(
    method: String,
    path: String,
    max: Int
  ) async throws {
    try await withSandbox { rd async throws in
      let token = try await rd.token()
      let contact = "/rd/platform/contacts/email:ana@exemplo.com.br"
      _ = try await rd.call(.PATCH, contact, ["name": "Ana"], token: token)
      func call(_ index: Int) async throws -> SandboxClient.Answer {
        let body: JSON =
          path == "/tag" ? ["tags": [.string("t\(index)")]] : ["name": .string("Ana \(index)")]
        let method = HTTPMethod(rawValue: method)
        return try await rd.call(method, contact + path, method == .GET ? nil : body, token: token)
      }
      // Off by default: one more than the quota passes.
      for index in 0...max { #expect(try await call(index).status == 200) }
      _ = try await rd.call(.PUT, "/rd/settings", ["contact_quotas": true])
      for index in 0..<max { #expect(try await call(100 + index).status == 200) }
      let refused = try await call(200)
      #expect(refused.status == 429)
      #expect(try refused.json["remaining_time"] == 86_400)
      #expect(try refused.json["usage"] == .number(max + 1))
      #expect(
        try refused.json["error"]?.string
          == "'lead_limiter' rate limit exceeded for 86400 second(s) period for key 'ana@exemplo.com.br'"
      )
      rd.clock.advance(seconds: 86_400)
      let renewed = try await rd.token()
      let method = HTTPMethod(rawValue: method)
      let body: JSON? = method == .GET ? nil : path == "/tag" ? ["tags": ["z"]] : ["name": "Z"]
      #expect(try await rd.call(method, contact + path, body, token: renewed).status == 200)
    }
  }

  @Test func `the account's quota is told in a header and lasts a minute`() async throws {
    try await withSandbox { rd async throws in
      _ = try await rd.call(
        .PUT,
        "/rd/settings",
        ["account_quotas": true, "account_calls_per_minute": 3]
      )
      let token = try await rd.token()
      for _ in 0..<3 {
        #expect(try await rd.conversion("ana@exemplo.com.br", token: token).status == 200)
      }
      rd.clock.advance(seconds: 20)
      let refused = try await rd.conversion("ana@exemplo.com.br", token: token)
      #expect(refused.status == 429)
      #expect(refused.headers.first(name: "Retry-After-Quotas") == "40")
      #expect(try refused.json["message"] == "API rate limit exceeded")
      rd.clock.advance(seconds: 40)
      #expect(try await rd.conversion("ana@exemplo.com.br", token: token).status == 200)
    }
  }

  @Test func `an unknown setting is refused and nothing changes`() async throws {
    try await withSandbox { rd async throws in
      let answer = try await rd.call(
        .PUT,
        "/rd/settings",
        ["contact_quotas": true, "contact_quota": true]
      )
      #expect(answer.status == 400)
      let settings = try await rd.call(.GET, "/rd/settings")
      #expect(try settings.json["contact_quotas"] == false)
    }
  }
}
