import AsyncHTTPClient
import BeltStorage
import Bootstrap
import Leads
import OutsideCalls
import Postgres
import RDStation

/// The logins of integrations at RD Station, each tried before it takes the place of the one before.
package struct Logins: Sendable {
  /// What a person hands over of a login.
  package enum Secret: Sendable {
    case refreshToken(String)
    /// What RD Station's dialog handed out.
    case code(String)
  }

  private let fleet: Fleet

  package init(_ fleet: Fleet) { self.fleet = fleet }

  /// Gives an integration another login, without its document.
  ///
  /// - Parameters:
  ///   - integration: Whose.
  ///   - secret: What the person hands over.
  ///   - clientID: The application's id; nil takes the stored one.
  ///   - clientSecret: Its secret; nil takes the stored one.
  ///   - anyAccount: It may open another account than the document names.
  ///   - actor: Who gives it, for the audit.
  /// - Returns: Replaced, or kept where the stored one is the same.
  /// - Throws: ``Refusal`` or `LoginRefusal`; nothing is changed then.
  package func replace(
    of integration: String,
    by secret: Secret,
    clientID: String? = nil,
    clientSecret: String? = nil,
    anyAccount: Bool = false,
    actor: String
  ) async throws -> LoginReport {
    let versions = SettingsVersions(pool: fleet.pool)
    guard let account = try await versions.current(integration)?.settings.rdAccount else {
      throw Refusal(
        .notFound,
        "integration_unknown",
        "there is no integration \(integration)",
        remedy: "Run: esteira apply -f FILE"
      )
    }
    let (id, key) = try await application(of: integration, clientID, clientSecret)
    let verdict = try await trying(anyAccount: anyAccount) { trial in
      switch secret {
      case .code(let code):
        try await trial.connect(
          code: code,
          clientID: id,
          clientSecret: key,
          for: integration,
          account: account
        )
      case .refreshToken(let token):
        try await trial.connect(
          GivenLogin(clientID: id, clientSecret: key, refreshToken: token),
          for: integration,
          account: account
        )
      }
    }
    switch verdict {
    case .kept(let why): return .kept(why)
    case .replaced(let name, let writes):
      try await fleet.pool.run(
        writes + [SettingsVersions.connecting(integration, actor: actor)]
      )
      return .replaced(account: name)
    }
  }

  /// Tries the login that comes with settings; what is to be written when it works comes back.
  ///
  /// - Throws: `LoginRefusal`.
  func weigh(_ login: GivenLogin?, for settings: Settings, anyAccount: Bool) async throws
    -> (LoginReport, [SQL])
  {
    guard let login else {
      let connected = try await SettingsVersions(pool: fleet.pool)
        .integrations(withLoginAt: "rd")
      return connected.contains(settings.integration)
        ? (.kept("the document names none"), [])
        : (.notTried("the document names none, and none is stored: nothing can be told"), [])
    }
    let verdict = try await trying(anyAccount: anyAccount) { trial in
      try await trial.weigh(login, for: settings.integration, account: settings.rdAccount)
    }
    switch verdict {
    case .replaced(let account, let writes): return (.replaced(account: account), writes)
    case .kept(let why): return (.kept(why), [])
    }
  }

  /// The application's id and secret: as given, else as they are stored.
  private func application(of integration: String, _ id: String?, _ secret: String?) async throws
    -> (id: String, secret: String)
  {
    if let id, let secret { return (id, secret) }
    let store = CredentialStore(pool: fleet.pool, key: fleet.settings.secretKey)
    do {
      guard let login = try await store.login(of: integration) else {
        throw CredentialFault.missing(integration)
      }
      return (id ?? login.clientID, secret ?? login.clientSecret)
    } catch let fault as CredentialFault {
      throw Refusal(
        .invalid,
        "application_unknown",
        "\(fault)",
        remedy: "Say also --client-id and --client-secret"
      )
    }
  }

  private func trying<Value: Sendable>(
    anyAccount: Bool,
    _ body: (LoginTrial) async throws -> Value
  ) async throws -> Value {
    let url = fleet.settings.rdURL
    let http = HTTPClient(
      configuration: HTTPClient.Configuration(calling: url, logger: fleet.logger)
    )
    let trial = LoginTrial(
      store: CredentialStore(pool: fleet.pool, key: fleet.settings.secretKey),
      grants: RDTokenGrants(http: http, baseURL: url),
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
