internal import HTTPTypes
internal import Hummingbird
internal import SandboxLeads
internal import StrictJSON
internal import Synchronization

/// The OAuth login of one account (reference 9.1): opaque tokens; a refresh token is dead once it was used.
struct RDCRMLogin: Sendable {
  static let clientID = "sandbox-client"
  static let clientSecret = "sandbox-secret"

  var refreshToken = ""
  var code: String?
  private var accessTokens: [String: Timestamp] = [:]

  func isValid(_ token: String, now: Timestamp) -> Bool {
    accessTokens[token].map { now < $0 } ?? false
  }

  /// False when it is not a token of this login.
  mutating func expire(_ token: String) -> Bool {
    guard accessTokens[token] != nil else { return false }
    accessTokens[token] = Timestamp(milliseconds: 0)
    return true
  }

  mutating func grant(_ access: String, _ refresh: String, until end: Timestamp) {
    accessTokens[access] = end
    refreshToken = refresh
    code = nil
  }

  /// Only the dialog helps then.
  mutating func revoke(_ refresh: String) {
    accessTokens = [:]
    refreshToken = refresh
  }
}

extension RDCRMSimulator {
  /// The dialog and the tokens; a form, not JSON.
  func addOAuthRoutes(to group: RouterGroup<SandboxContext>) {
    group.get("oauth/authorize") { request, _ in
      guard let callback = request.query("redirect_uri"),
        request.query("client_id") == RDCRMLogin.clientID
      else { throw RDCRMErrors.detail(.badRequest, "invalid_client") }
      let code = self.account(request.query("account") ?? "acme").books.withLock { books in
        let code = books.newSecret(32)
        books.login.code = code
        return code
      }
      let state = request.query("state").map { "&state=\($0)" } ?? ""
      return Response(
        status: .found,
        headers: [.location: "\(callback)\(callback.contains("?") ? "&" : "?")code=\(code)\(state)"]
      )
    }
    group.post("oauth2/token") { request, _ in
      let type = request.headers[.contentType] ?? ""
      guard type.hasPrefix("application/x-www-form-urlencoded") else {
        throw Refusal(status: .badRequest, body: ["error": "invalid_request"])
      }
      return try self.grant(Self.form(try await request.bytes(upTo: 10_000)))
    }
  }

  private func grant(_ form: [String: String]) throws -> Response {
    guard form["client_id"] == RDCRMLogin.clientID, form["client_secret"] == RDCRMLogin.clientSecret
    else { throw Refusal(status: .unauthorized, body: ["error": "invalid_client"]) }
    let found = first { books -> Bool? in
      switch form["grant_type"] {
      case "refresh_token": books.login.refreshToken == form["refresh_token"] ? true : nil
      case "authorization_code":
        books.login.code != nil && books.login.code == form["code"] ? true : nil
      default: nil
      }
    }
    guard let (account, _) = found else {
      throw Refusal(status: .badRequest, body: ["error": "invalid_grant"])
    }
    let seconds = settings.withLock { $0.number("token_seconds") }
    let end = now().adding(seconds: Int64(seconds))
    let (access, refresh) = account.books.withLock { books in
      let (access, refresh) = (books.newSecret(32), books.newSecret(32))
      books.login.grant(access, refresh, until: end)
      return (access, refresh)
    }
    record("token", account, identifier: form["grant_type"])
    return Response.json([
      "access_token": .string(access), "refresh_token": .string(refresh),
      "expires_in": .number(seconds), "token_type": "Bearer",
    ])
  }

  private static func form(_ bytes: [UInt8]) -> [String: String] {
    let pairs = String(decoding: bytes, as: UTF8.self).split(separator: "&").map { pair in
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (
        percentDecoded(parts[0], plusIsSpace: true),
        percentDecoded(parts.count == 2 ? parts[1] : "", plusIsSpace: true)
      )
    }
    return Dictionary(pairs) { _, last in last }
  }
}
