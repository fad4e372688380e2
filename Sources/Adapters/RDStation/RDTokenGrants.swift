package import AsyncHTTPClient
package import Belt
package import OutsideCalls
import Leads
import StrictJSON

/// RD Station's tokens of OAuth 2.
package struct RDTokenGrants: TokenGrants {
  private let exchange: Exchange

  /// `http`: made with `HTTPClient.Configuration(calling:logger:)`, since secrets go out.
  package init(http: HTTPClient, baseURL: String, timeout: Duration = .seconds(10)) {
    exchange = Exchange(http: http, baseURL: baseURL, dialect: .rdStation, timeout: timeout)
  }

  package var system: OutsideSystem { .rdStation }

  package func refresh(clientID: String, clientSecret: String, refreshToken: String)
    async throws(CallError) -> TokenGrant
  {
    try await grant(
      [
        "client_id": .string(clientID), "client_secret": .string(clientSecret),
        "refresh_token": .string(refreshToken),
      ],
      fallback: refreshToken
    )
  }

  package func exchange(clientID: String, clientSecret: String, code: String)
    async throws(CallError) -> TokenGrant
  {
    try await grant(
      [
        "client_id": .string(clientID), "client_secret": .string(clientSecret),
        "code": .string(code),
      ],
      fallback: nil
    )
  }

  package func account(openedBy accessToken: String) async throws(CallError) -> String? {
    try await exchange.answer(RDRoutes.account.call(), with: .bearer(accessToken))
  }

  /// `fallback`: the refresh token that stays where the answer names none.
  private func grant(_ body: JSON, fallback: String?) async throws(CallError) -> TokenGrant {
    let call = RDRoutes.token.call(body: body)
    do throws(CallError) {
      let tokens = try await exchange.answer(call)
      // RD's own client keeps the old one; other documents replace it.
      guard let refreshToken = tokens.refresh ?? fallback else {
        throw call.error(.unreadable, at: system)
      }
      return TokenGrant(
        accessToken: tokens.access,
        refreshToken: refreshToken,
        expiresIn: tokens.life
      )
    } catch {
      switch error.cause {
      // Whatever the refusal is called, a person has to connect the account again.
      case .refused: throw call.error(.loginDead, at: system, status: error.status)
      // Nobody is there: that is no word about the login.
      case .notFound: throw call.error(.failing(wait: nil), at: system, status: error.status)
      default: throw error
      }
    }
  }
}

/// What RD answers to who asks for a token.
struct RDTokens: Sendable {
  let access: String
  let refresh: String?
  let life: Duration

  init?(_ json: JSON) {
    guard let access = json["access_token"]?.string else { return nil }
    self.access = access
    refresh = json["refresh_token"]?.string
    // 24 h in the classic family, 2 h in the newer.
    life = .seconds(json["expires_in"]?.int ?? 86_400)
  }
}
