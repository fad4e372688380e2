package import AsyncHTTPClient
private import NIOHTTP1
private import StrictJSON

extension RDStationClient {
  /// Exchanges a refresh token for a new access token.
  ///
  /// One at a time per account: when the account rotates refresh tokens, the second of two loses.
  ///
  /// - Throws: `.loginExpired` when RD knows the refresh token or the application no longer;
  ///   `.outcomeUnknown` when the answer was lost: try again with the same refresh token.
  package static func refresh(
    http: HTTPClient,
    baseURL: String,
    clientID: String,
    clientSecret: String,
    refreshToken: String,
    timeout: Duration = .seconds(10)
  ) async throws(RDStationError) -> RDTokenGrant {
    try await grant(
      [
        "client_id": .string(clientID), "client_secret": .string(clientSecret),
        "refresh_token": .string(refreshToken),
      ],
      fallback: refreshToken,
      RDExchange(http: http, baseURL: baseURL, timeout: timeout)
    )
  }

  /// Exchanges the code that RD's dialog hands out for a login; it works once, for an hour.
  ///
  /// - Throws: `.loginExpired` when the code was used, is too old, or is another application's.
  package static func exchange(
    http: HTTPClient,
    baseURL: String,
    clientID: String,
    clientSecret: String,
    code: String,
    timeout: Duration = .seconds(10)
  ) async throws(RDStationError) -> RDTokenGrant {
    try await grant(
      [
        "client_id": .string(clientID), "client_secret": .string(clientSecret),
        "code": .string(code),
      ],
      fallback: nil,
      RDExchange(http: http, baseURL: baseURL, timeout: timeout)
    )
  }

  /// `fallback`: the refresh token that stays where the answer names none.
  private static func grant(_ body: JSON, fallback: String?, _ exchange: RDExchange)
    async throws(RDStationError) -> RDTokenGrant
  {
    let request = RDRequest(.POST, "/auth/token", path: "/auth/token", body: body)
    let answer = try await exchange.perform(request, bearer: nil)
    do throws(RDStationError) {
      let json = try answer.accepted(for: request).json()
      // RD's own client keeps the old one; other documents replace it.
      guard let accessToken = json["access_token"]?.string,
        let refreshToken = json["refresh_token"]?.string ?? fallback
      else { throw RDStationError(.unavailable(status: answer.status), status: answer.status) }
      return RDTokenGrant(
        accessToken: accessToken,
        refreshToken: refreshToken,
        expiresIn: .seconds(json["expires_in"]?.int ?? 86_400)
      )
    } catch {
      switch error.code {
      // Whatever the refusal is called, a person has to connect the account again.
      case .refused, .unauthorized: throw RDStationError(.loginExpired, status: error.status)
      // Nobody is there: that is no word about the login.
      case .notFound: throw RDStationError(.unavailable(status: error.status), status: error.status)
      default: throw error
      }
    }
  }
}
