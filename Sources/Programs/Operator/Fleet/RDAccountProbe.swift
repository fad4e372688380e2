import AsyncHTTPClient
import Bootstrap
import LeadStorage
import NIOCore
import NIOHTTP1
import Postgres
import RDStation
import StrictJSON
import WorkQueues

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

  /// The account's name.
  ///
  /// - Throws: What stood in the way, safe to show.
  func name(of integration: String) async throws -> String {
    var token = try await tokens.accessToken(for: integration)
    var answer = try await ask(token)
    if answer.status.code == 401 {
      token = try await tokens.renewedToken(for: integration, insteadOf: token)
      answer = try await ask(token)
    }
    guard answer.status.code == 200 else {
      throw Refusal("account_info was answered with status \(answer.status.code)")
    }
    let body = try await answer.body.collect(upTo: 64 * 1024)
    let json = try JSON(parsing: Array(buffer: body))
    return "account “\(json["name"]?.string ?? "without a name")”"
  }

  private func ask(_ token: String) async throws -> HTTPClientResponse {
    var request = HTTPClientRequest(url: "\(baseURL)/marketing/account_info")
    request.headers.add(name: "authorization", value: "Bearer \(token)")
    do {
      return try await http.execute(request, timeout: .seconds(5))
    } catch {
      throw Refusal("RD Station: \(ConnectionFault.words(error))", code: Refusal.again)
    }
  }
}
