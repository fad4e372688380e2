import AsyncHTTPClient
import Bootstrap
import Leads
import OutsideCalls
import Postgres
import RDStation

/// The logins of integrations at RD Station and at outside CRMs, each tried before it takes the place of the one before.
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
  /// The application's id and secret are the stored ones where none are given. With `anyAccount` the login may
  /// open another account than the document names. The actor is for the audit.
  ///
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
    let store = CredentialStore(pool: fleet.pool, key: fleet.settings.secretKey)
    let (id, key) = try await application(of: integration, clientID, clientSecret, in: store)
    let verdict = try await trying(integration, anyAccount ? nil : account) { trial in
      try await trial.connect(secret, id, key)
    }
    return try await carryOut(verdict, of: integration, actor: actor)
  }

  /// Gives an integration another login at its CRM, without its document.
  ///
  /// The user or application, and what stands beside it, are the stored ones where none are given.
  ///
  /// - Returns: Replaced, or kept where the stored one is the same.
  /// - Throws: ``Refusal`` or `LoginRefusal`; nothing is changed then.
  package func replaceAtCRM(
    of integration: String,
    by secret: Secret,
    clientID: String? = nil,
    clientSecret: String? = nil,
    actor: String
  ) async throws -> LoginReport {
    let versions = SettingsVersions(pool: fleet.pool)
    guard let settings = try await versions.current(integration)?.settings else {
      throw try await versions.refusal(ofUnknown: integration)
    }
    return try await fleet.withOutsideCRMs { outside in
      let (crm, place) = try outside.way(of: settings)
      let store = outside.store(of: crm)
      let given = (
        id: place.door.clientID == nil ? "" : clientID,
        secret: place.door.clientSecret == nil ? "" : clientSecret
      )
      let (id, key) = try await application(of: integration, given.id, given.secret, in: store)
      let trial = LoginTrial(
        of: integration,
        opening: nil,
        store: store,
        grants: outside.grants(crm, at: place)
      )
      let verdict = try await trial.connect(secret, id, key)
      return try await carryOut(verdict, of: integration, actor: actor)
    }
  }

  private func carryOut(_ verdict: LoginTrial.Verdict, of integration: String, actor: String)
    async throws -> LoginReport
  {
    switch verdict {
    case .kept(let why): return .kept(why)
    case .replaced(let name, _, let writes):
      try await fleet.pool.run(writes + [SettingsVersions.connecting(integration, actor: actor)])
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
    let account = anyAccount ? nil : settings.rdAccount
    let verdict = try await trying(settings.integration, account) { try await $0.weigh(login) }
    switch verdict {
    case .replaced(let account, _, let writes): return (.replaced(account: account), writes)
    case .kept(let why): return (.kept(why), [])
    }
  }

  /// The application's id and secret: as given, else as they are stored.
  private func application(
    of integration: String,
    _ id: String?,
    _ secret: String?,
    in store: CredentialStore
  ) async throws -> (id: String, secret: String) {
    if let id, let secret { return (id, secret) }
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

  private func trying(
    _ integration: String,
    _ account: String?,
    _ body: (LoginTrial) async throws -> LoginTrial.Verdict
  ) async throws -> LoginTrial.Verdict {
    let url = fleet.settings.rdURL
    let configuration = HTTPClient.Configuration(calling: url, logger: fleet.logger)
    return try await HTTPClient.withHTTPClient(configuration: configuration) { http in
      try await body(
        LoginTrial(
          of: integration,
          opening: account,
          store: CredentialStore(pool: fleet.pool, key: fleet.settings.secretKey),
          grants: RDTokenGrants(http: http, baseURL: url)
        )
      )
    }
  }
}

extension LoginTrial {
  fileprivate func connect(_ secret: Logins.Secret, _ id: String, _ key: String) async throws
    -> Verdict
  {
    switch secret {
    case .code(let code): try await connect(code: code, clientID: id, clientSecret: key)
    case .refreshToken(let token):
      try await connect(GivenLogin(clientID: id, clientSecret: key, refreshToken: token))
    }
  }
}
