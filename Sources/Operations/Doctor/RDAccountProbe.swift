import AsyncHTTPClient
import Bootstrap
import BeltStorage
import Postgres
import RDStation

/// Asks RD Station whose account a login opens: the smallest call that proves the login.
struct RDAccountProbe {
  private let http: HTTPClient
  private let tokens: RDTokens
  private let baseURL: String

  /// `http`: made with `RDStationClient.httpConfiguration(calling:logger:)`, since secrets go out.
  init(settings: FleetSettings, pool: PostgresPool, http: HTTPClient) {
    self.http = http
    baseURL = settings.rdURL
    tokens = RDTokens(
      store: CredentialStore(pool: pool, key: settings.secretKey),
      http: http,
      baseURL: settings.rdURL
    )
  }

  /// The account's name; nil when RD tells none.
  ///
  /// - Throws: What stood in the way, safe to show.
  func name(of integration: String) async throws -> String? {
    let token = try await tokens.accessToken(for: integration)
    do throws(RDStationError) {
      return try await ask(token)
    } catch {
      guard error.remedy == .signIn else { throw error }
    }
    return try await ask(tokens.renewedToken(for: integration, insteadOf: token))
  }

  private func ask(_ token: String) async throws(RDStationError) -> String? {
    try await RDStationClient.accountName(http: http, baseURL: baseURL, accessToken: token)
  }
}
