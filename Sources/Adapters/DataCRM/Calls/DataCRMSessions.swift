package import AsyncHTTPClient
package import Belt
import Crypto
package import OutsideCalls

/// The sessions of one account: challenge and login.
///
/// A login here is the user's name (as client id) with the Access Key of his preferences (as refresh
/// token), which stays as it is. Asking for a challenge ends the user's earlier one: whoever calls this
/// logs in one at a time per user, as ``RefreshedLogins`` does for the whole fleet. Two integrations with
/// one user may still meet, so a challenge that was replaced is asked for again.
package struct DataCRMSessions: TokenGrants {
  private static let attemptsMax = 3
  /// A session ends after 24 h in all; one that ends before, of idleness, is told by the next call.
  private static let life = Duration.seconds(86_400 - 600)

  private let exchange: Exchange

  /// `baseURL`: of the account, such as `https://app.datacrm.la/datacrm/acme`, without a slash at the end.
  package init(http: HTTPClient, baseURL: String, timeout: Duration = .seconds(10)) {
    exchange = Exchange(http: http, baseURL: baseURL, dialect: .dataCRM, timeout: timeout)
  }

  package var system: OutsideSystem { .dataCRM }

  /// What carries a session's name.
  package static func pass(_ session: String) -> Pass { .parameter("sessionName", session) }

  package func refresh(clientID: String, clientSecret: String, refreshToken: String)
    async throws(CallError) -> TokenGrant
  {
    var attempt = 1
    while true {
      do throws(CallError) {
        let session = try await session(of: clientID, key: refreshToken)
        return TokenGrant(accessToken: session, refreshToken: refreshToken, expiresIn: Self.life)
      } catch {
        // An account may tell the loser of a challenge that his key is wrong: once that is not believed.
        let isWorthwhile =
          error.type == DataCRMFault.staleChallenge || (error.cause == .loginDead && attempt == 1)
        guard isWorthwhile, attempt < Self.attemptsMax else { throw error }
        attempt += 1
      }
    }
  }

  /// DataCRM has no dialog: what a person gives works from the start.
  package func exchange(clientID: String, clientSecret: String, code: String)
    async throws(CallError) -> TokenGrant
  {
    try await refresh(clientID: clientID, clientSecret: clientSecret, refreshToken: code)
  }

  package func account(openedBy accessToken: String) async throws(CallError) -> String? {
    let statement = Statement("Users", limit: 1)
    _ = try await exchange.answer(
      DataCRMRoutes.query.call(query: parameters(["query": statement.text])),
      with: Self.pass(accessToken)
    )
    return nil
  }

  private func session(of user: String, key: String) async throws(CallError) -> String {
    let token = try await exchange.answer(
      DataCRMRoutes.challenge.call(query: parameters(["username": user]))
    )
    return try await exchange.answer(
      DataCRMRoutes.login.call(
        form: parameters([
          "operation": "login", "username": user, "accessKey": Self.digest(token + key),
        ])
      )
    )
  }

  /// What the login asks for: MD5, in lower-case hexadecimal digits.
  private static func digest(_ text: String) -> String {
    Insecure.MD5.hash(data: Array(text.utf8)).map { byte in
      let digits = String(byte, radix: 16)
      return byte < 16 ? "0\(digits)" : digits
    }.joined()
  }
}
