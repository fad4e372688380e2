import NIOHTTP1
@testable import Sandbox
import StrictJSON
import Testing

@Suite(.timeLimit(.minutes(1)))
struct RDTokenTests {
  let path = "/rd/marketing/account_info"

  @Test func `the dialog's code is exchanged once, also as a form`() async throws {
    try await withSandbox { rd async throws in
      let dialog = try await rd.call(
        .GET,
        "/rd/auth/dialog?client_id=sandbox-client&redirect_url=https%3A%2F%2Fapp.exemplo.com.br%2Fcb&state=s1&account=acme"
      )
      #expect(dialog.status == 302)
      let location = dialog.headers.first(name: "Location") ?? ""
      #expect(location.hasPrefix("https://app.exemplo.com.br/cb?code="))
      #expect(location.hasSuffix("&state=s1"))
      let code = location.split(separator: "=")[1].split(separator: "&")[0]
      let form = "client_id=sandbox-client&client_secret=sandbox-secret&code=\(code)"
      let granted = try await rd.call(.POST, "/rd/auth/token?token_by=code", form: form)
      let token = try granted.json["access_token"]?.string ?? ""
      #expect(try granted.json["expires_in"] == 86_400)
      let info = try await rd.call(.GET, path, token: token)
      #expect(try info.json["name"] == "acme.exemplo.com.br")
      let again = try await rd.call(.POST, "/rd/auth/token", form: form)
      #expect(try again.errorType == "EXPIRED_CODE_GRANT")
    }
  }

  @Test func `a code dies after an hour`() async throws {
    try await withSandbox { rd async throws in
      let dialog = try await rd.call(
        .GET,
        "/rd/auth/dialog?client_id=sandbox-client&redirect_uri=https%3A%2F%2Fx"
      )
      let code = dialog.headers.first(name: "Location")?.split(separator: "=").last ?? ""
      rd.clock.advance(seconds: 3600)
      let answer = try await rd.call(
        .POST,
        "/rd/auth/token",
        form: "client_id=sandbox-client&client_secret=sandbox-secret&code=\(code)"
      )
      #expect(try answer.errorType == "EXPIRED_CODE_GRANT")
    }
  }

  @Test func `a token lives 24 hours and its end is told in a header`() async throws {
    try await withSandbox { rd async throws in
      let token = try await rd.token()
      rd.clock.advance(seconds: 86_399)
      #expect(try await rd.call(.GET, path, token: token).status == 200)
      rd.clock.advance(seconds: 1)
      let expired = try await rd.call(.GET, path, token: token)
      #expect(expired.status == 401)
      #expect(try expired.errorType == "UNAUTHORIZED")
      let header = expired.headers.first(name: "WWW-Authenticate") ?? ""
      #expect(header.contains(#"error="expired_token""#))
    }
  }

  @Test func `a missing and a made-up token are told apart`() async throws {
    try await withSandbox { rd async throws in
      let missing = try await rd.call(.GET, path)
      #expect(missing.status == 401)
      #expect(try missing.json["error"] == "invalid_request")
      let madeUp = try await rd.call(.GET, path, token: "sandbox.acme.99")
      #expect(try madeUp.errorType == "UNAUTHORIZED")
      #expect(madeUp.headers.first(name: "WWW-Authenticate") == nil)
    }
  }

  @Test func `revoking ends both tokens`() async throws {
    try await withSandbox { rd async throws in
      let token = try await rd.token()
      let form = "token=\(token)&token_type_hint=access_token"
      #expect(try await rd.call(.POST, "/rd/auth/revoke", form: form).status == 200)
      #expect(try await rd.call(.GET, path, token: token).status == 401)
      let refresh = try await rd.call(
        .POST,
        "/rd/auth/token",
        form:
          "client_id=sandbox-client&client_secret=sandbox-secret&refresh_token=sandbox-refresh-acme"
      )
      #expect(try refresh.errorType == "INVALID_REFRESH_TOKEN")
    }
  }

  @Test func `a missing credential is named by its place`() async throws {
    try await withSandbox { rd async throws in
      let answer = try await rd.call(.POST, "/rd/auth/token", ["client_id": "sandbox-client"])
      #expect(answer.status == 401)
      #expect(try answer.json["errors"]?.array?.first?["path"] == "body.client_secret")
    }
  }

  @Test func `where it is set so, the second use of a spent refresh token ends the login`()
    async throws
  {
    try await withSandbox { rd async throws in
      _ = try await rd.call(
        .PUT,
        "/rd/settings",
        ["rotates_refresh_tokens": true, "detects_reuse": true]
      )
      func refresh(_ token: String) async throws -> String? {
        let form = "client_id=sandbox-client&client_secret=sandbox-secret&refresh_token=\(token)"
        let answer = try await rd.call(.POST, "/rd/auth/token", form: form)
        return try answer.json["refresh_token"]?.string
      }
      let next = try #require(try await refresh("sandbox-refresh-acme"))
      #expect(next != "sandbox-refresh-acme")
      #expect(try await refresh("sandbox-refresh-acme") == nil)
      #expect(try await refresh(next) == nil)
    }
  }
}
