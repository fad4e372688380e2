package import AsyncHTTPClient
private import NIOHTTP1
private import StrictJSON

extension RDStationClient {
  /// The name of the account that a token opens: the smallest call that proves it.
  ///
  /// Nil when RD tells none.
  ///
  /// - Throws: `.unauthorized` when the token is refused.
  package static func accountName(
    http: HTTPClient,
    baseURL: String,
    accessToken: String,
    timeout: Duration = .seconds(5)
  ) async throws(RDStationError) -> String? {
    let request = RDRequest(.GET, "/marketing/account_info", path: "/marketing/account_info")
    let exchange = RDExchange(http: http, baseURL: baseURL, timeout: timeout)
    let answer = try await exchange.perform(request, bearer: accessToken).accepted(for: request)
    return try answer.json()["name"]?.string
  }
}
