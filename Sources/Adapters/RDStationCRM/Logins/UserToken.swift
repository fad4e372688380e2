package import AsyncHTTPClient
package import Belt
package import OutsideCalls

/// A user's token of v1, which never ends and is never exchanged: it is checked where others are renewed.
///
/// The token stands in a stored login as its refresh token, without an application. It must be of a user
/// who sees everything (`Geral`): what another one does not see is created twice.
package struct UserTokenCheck: TokenGrants {
  /// After that it is checked again.
  private static let life = Duration.seconds(86_400)

  private let exchange: Exchange

  /// `http`: made with `HTTPClient.Configuration(calling:logger:)`, since secrets go out.
  package init(http: HTTPClient, baseURL: String, timeout: Duration = .seconds(10)) {
    exchange = Exchange(http: http, baseURL: baseURL, dialect: .rdStationCRM, timeout: timeout)
  }

  package var system: OutsideSystem { .rdStationCRM }

  package func refresh(clientID _: String, clientSecret _: String, refreshToken: String)
    async throws(CallError) -> TokenGrant
  {
    _ = try await account(openedBy: refreshToken)
    return TokenGrant(
      accessToken: refreshToken,
      refreshToken: refreshToken,
      expiresIn: Self.life
    )
  }

  /// v1 has no dialog.
  package func exchange(clientID _: String, clientSecret _: String, code _: String)
    async throws(CallError) -> TokenGrant
  {
    throw V1Routes.token.call().error(
      .unfit(code: "no_dialog", sentence: "a token of v1 is copied from the user's profile"),
      at: system
    )
  }

  package func account(openedBy accessToken: String) async throws(CallError) -> String? {
    try await exchange.answer(V1Routes.token.call(), with: .userToken(accessToken))
  }
}

extension Pass {
  /// In the query, never in a header: no address of a call may be logged.
  package static func userToken(_ token: String) -> Pass { .parameter("token", token) }
}
