package import AsyncHTTPClient
package import Belt
package import OutsideCalls
import StrictJSON

/// The tokens of v2: an access token lives two hours, and a refresh token is dead as soon as it was used.
///
/// A grant whose answer was lost may have spent the refresh token: who asks again with it is refused, and
/// then only the dialog helps. So one at a time asks, and what came is stored before it is used
/// (``RefreshedLogins``).
package struct RollingGrants: TokenGrants {
  private let exchange: Exchange

  /// `http`: made with `HTTPClient.Configuration(calling:logger:)`, since secrets go out.
  package init(http: HTTPClient, baseURL: String, timeout: Duration = .seconds(10)) {
    exchange = Exchange(http: http, baseURL: baseURL, dialect: .rdStationCRM, timeout: timeout)
  }

  package var system: OutsideSystem { .rdStationCRM }

  package func refresh(clientID: String, clientSecret: String, refreshToken: String)
    async throws(CallError) -> TokenGrant
  {
    try await grant([
      "grant_type": "refresh_token", "client_id": clientID, "client_secret": clientSecret,
      "refresh_token": refreshToken,
    ])
  }

  package func exchange(clientID: String, clientSecret: String, code: String)
    async throws(CallError) -> TokenGrant
  {
    try await grant([
      "grant_type": "authorization_code", "client_id": clientID, "client_secret": clientSecret,
      "code": code,
    ])
  }

  /// v2 tells no name of an account; a call that is answered proves the token.
  package func account(openedBy accessToken: String) async throws(CallError) -> String? {
    let query = String.query(["page[size]": "1"])
    _ = try await exchange.answer(V2Routes.pipelines.call(query: query), with: .bearer(accessToken))
    return nil
  }

  private func grant(_ form: [String: String]) async throws(CallError) -> TokenGrant {
    let call = V2Routes.token.call(form: .query(form))
    do throws(CallError) {
      let tokens = try await exchange.answer(call)
      return TokenGrant(
        accessToken: tokens.access,
        refreshToken: tokens.refresh,
        expiresIn: tokens.life
      )
    } catch {
      // Whatever the refusal is called, a person has to connect the account again.
      guard case .refused = error.cause else { throw error }
      throw call.error(.loginDead, at: system, status: error.status)
    }
  }
}

/// What is answered to who asks for a token.
struct V2Tokens: Sendable {
  let access: String
  let refresh: String
  let life: Duration

  init?(_ json: JSON) {
    guard let access = json["access_token"]?.string, let refresh = json["refresh_token"]?.string
    else { return nil }
    self.access = access
    self.refresh = refresh
    life = .seconds(json["expires_in"]?.int ?? 7200)
  }
}
