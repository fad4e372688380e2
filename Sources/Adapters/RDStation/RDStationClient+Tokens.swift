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
    let request = RDRequest(
      .POST,
      "/auth/token",
      path: "/auth/token",
      body: [
        "client_id": .string(clientID), "client_secret": .string(clientSecret),
        "refresh_token": .string(refreshToken),
      ]
    )
    let exchange = RDExchange(http: http, baseURL: baseURL, timeout: timeout)
    let answer = try await exchange.perform(request, bearer: nil).accepted(for: request)
    let json = try answer.json()
    guard let accessToken = json["access_token"]?.string else {
      throw RDStationError(.unavailable(status: answer.status), status: answer.status)
    }
    return RDTokenGrant(
      accessToken: accessToken,
      // RD's own client keeps the old one; other documents replace it.
      refreshToken: json["refresh_token"]?.string ?? refreshToken,
      expiresIn: .seconds(json["expires_in"]?.int ?? 86_400)
    )
  }
}
