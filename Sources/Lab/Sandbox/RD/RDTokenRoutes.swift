private import HTTPTypes
internal import Hummingbird
private import StrictJSON
private import Synchronization

extension RDSimulator {
  /// The dialog, the exchange and refresh of tokens, and their revocation.
  func addTokenRoutes(to group: RouterGroup<SandboxContext>) {
    group.get("auth/dialog") { request, _ in try self.dialog(request) }
    group.post("auth/token") { request, _ in try self.token(try await self.form(request)) }
    group.post("auth/revoke") { request, _ in try self.revoke(try await self.form(request)) }
  }

  /// Consents at once: nobody sits in front of it.
  ///
  /// The query's `account` chooses; `acme` otherwise.
  private func dialog(_ request: Request) throws -> Response {
    guard let callback = request.query("redirect_uri") ?? request.query("redirect_url"),
      request.query("client_id") == Self.clientID
    else {
      throw RDErrors.plain(
        .unauthorized,
        "ACCESS_DENIED",
        "O redirect_uri não possui um valor válido."
      )
    }
    let account = account(request.query("account") ?? "acme")
    let time = now()
    let code = account.state.withLock { $0.login.makeCode(now: time) }
    let state = request.query("state").map { "&state=\($0)" } ?? ""
    let separator = callback.contains("?") ? "&" : "?"
    return Response(
      status: .found,
      headers: [.location: "\(callback)\(separator)code=\(code)\(state)"]
    )
  }

  private func token(_ form: [String: String]) throws -> Response {
    for key in ["client_id", "client_secret"] where form[key] == nil {
      throw RDErrors.at(
        "body.\(key)",
        "CANNOT_BE_NULL",
        "Cannot be null.",
        status: .unauthorized
      )
    }
    let denied = RDErrors.plain(.unauthorized, "ACCESS_DENIED", "Wrong credentials provided.")
    guard form["client_id"] == Self.clientID, form["client_secret"] == Self.clientSecret else {
      throw denied
    }
    if let refreshToken = form["refresh_token"] { return try refresh(refreshToken) }
    guard let code = form["code"], let name = RDLogin.account(of: code) else { throw denied }
    let account = account(name)
    let settings = settings.withLock { $0 }
    let time = now()
    let granted = try account.state.withLock { state in
      guard state.login.use(code: code, now: time) else {
        throw RDErrors.plain(
          .unauthorized,
          "EXPIRED_CODE_GRANT",
          "The authorization code grant has expired."
        )
      }
      return state.login.grant(insteadOf: nil, settings: settings, now: time)
    }
    record("token", account: account, identifier: "exchange")
    return answer(granted, settings)
  }

  private func refresh(_ refreshToken: String) throws -> Response {
    let refused = RDErrors.plain(
      .unauthorized,
      "INVALID_REFRESH_TOKEN",
      "The provided refresh token is invalid or was revoked."
    )
    guard let name = RDLogin.account(of: refreshToken) else { throw refused }
    let account = account(name)
    let settings = settings.withLock { $0 }
    let time = now()
    let isReuse = account.state.withLock { state in
      guard settings.detectsReuse, state.login.hasSpent(refreshToken: refreshToken) else {
        return false
      }
      state.login.revoke()
      return true
    }
    if isReuse { record("token", account: account, identifier: "reuse") }
    let granted = try account.state.withLock { state in
      guard state.login.knows(refreshToken: refreshToken) else { throw refused }
      return state.login.grant(insteadOf: refreshToken, settings: settings, now: time)
    }
    record("token", account: account, identifier: "refresh")
    return answer(granted, settings)
  }

  private func answer(
    _ granted: (access: String, refresh: String),
    _ settings: RDSettings
  ) -> Response {
    .json([
      "access_token": .string(granted.access), "expires_in": .number(settings.tokenSeconds),
      "refresh_token": .string(granted.refresh),
    ])
  }

  private func revoke(_ form: [String: String]) throws -> Response {
    guard let token = form["token"], let name = RDLogin.account(of: token) else {
      throw RDErrors.invalidToken
    }
    let account = account(name)
    account.state.withLock { $0.login.revoke() }
    record("token", account: account, identifier: "revoke")
    return .json([:])
  }

  /// The members of a JSON object or the fields of a form.
  private func form(_ request: Request) async throws -> [String: String] {
    if request.headers[.contentType]?.hasPrefix("application/x-www-form-urlencoded") == true {
      let text = String(decoding: try await request.bytes(upTo: 200_000), as: UTF8.self)
      let pairs = text.split(separator: "&").map { pair in
        let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        return (
          percentDecoded(parts[0], plusIsSpace: true),
          percentDecoded(parts.count == 2 ? parts[1] : "", plusIsSpace: true)
        )
      }
      return Dictionary(pairs) { _, last in last }
    }
    let members = try await request.json().members ?? []
    return Dictionary(
      members.compactMap { member in member.value.string.map { (member.key, $0) } }
    ) { _, last in last }
  }
}
