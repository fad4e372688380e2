import AsyncHTTPClient
import Bootstrap
import BeltStorage
import OutsideCalls
import RDStation
import StrictJSON

/// What became of the login of an integration, for the person who gave one.
enum LoginReport {
  case replaced(account: String?)
  case kept(String)
  case notTried(String)

  /// Such as `login: replaced, account “acme.com.br”`.
  var text: String {
    switch self {
    case .replaced(let account): "login: replaced" + (account.map { ", account “\($0)”" } ?? "")
    case .kept(let why): "login: kept, \(why)"
    case .notTried(let why): "login: not tried, \(why)"
    }
  }

  var json: JSON {
    switch self {
    case .replaced(let account): ["state": "replaced", "account": .optional(account)]
    case .kept(let why): ["state": "kept", "why": .string(why)]
    case .notTried(let why): ["state": "not_tried", "why": .string(why)]
    }
  }
}

extension FleetAccess {
  /// Runs a body that may try a login at RD Station.
  func tryingLogin<Value: Sendable>(
    anyAccount: Bool,
    _ body: (LoginTrial) async throws -> Value
  ) async throws -> Value {
    let http = HTTPClient(
      configuration: HTTPClient.Configuration(calling: settings.rdURL, logger: logger)
    )
    let trial = LoginTrial(
      store: CredentialStore(pool: pool, key: settings.secretKey),
      grants: RDTokenGrants(http: http, baseURL: settings.rdURL),
      takesAnyAccount: anyAccount
    )
    do {
      let value = try await body(trial)
      try await http.shutdown()
      return value
    } catch {
      try await http.shutdown()
      throw error
    }
  }
}
