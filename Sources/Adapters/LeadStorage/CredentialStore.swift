import Crypto
import FoundationEssentials
package import Postgres
import StrictJSON

/// The secrets of an integration's login at RD Station, encrypted at rest.
///
/// AES-GCM with a key of the installation; the key's id stands in the row, and the integration is bound
/// to the text, so that a row copied to another integration does not open.
package struct CredentialStore: Sendable {
  /// A login as it is stored; it shows none of its secrets when it is printed.
  package struct Login: Sendable, CustomStringConvertible, CustomReflectable {
    package var clientID: String
    package var clientSecret: String
    package var refreshToken: String
    package var accessToken: String?
    /// Rises with each refresh.
    package var generation: Int
    /// True until the access token's own end, by the database's clock.
    package var isValid: Bool

    package var description: String { "Login(generation: \(generation))" }
    package var customMirror: Mirror { Mirror(self, children: ["generation": generation]) }
  }

  private let pool: PostgresPool
  private let key: SymmetricKey
  private let keyID: String

  /// `key`: 32 bytes.
  package init(pool: PostgresPool, key: [UInt8]) {
    self.pool = pool
    self.key = SymmetricKey(data: key)
    keyID = SHA256.hash(data: key).prefix(4).map { String($0, radix: 16) }.joined()
  }

  /// Stores a login, replacing the former one when something of it differs.
  package func store(
    integration: String,
    system: String = "rd",
    clientID: String,
    clientSecret: String,
    refreshToken: String
  ) async throws {
    if let known = try await login(of: integration, system: system),
      known.clientID == clientID, known.clientSecret == clientSecret, known.accessToken != nil
    {
      // RD may have replaced the refresh token since; what the document names is the first one.
      return
    }
    let login = Login(
      clientID: clientID,
      clientSecret: clientSecret,
      refreshToken: refreshToken,
      accessToken: nil,
      generation: 0,
      isValid: false
    )
    try await pool.run(
      """
      insert into credential (integration_id, system, key_id, sealed)
      values (\(integration), \(system), \(keyID), \(try seal(login, integration, system)))
      on conflict (integration_id, system) do update set key_id = excluded.key_id,
        sealed = excluded.sealed, generation = credential.generation + 1, expires_at = null,
        refresh_until = null
      """
    )
  }

  /// Nil when the integration has no login.
  package func login(of integration: String, system: String = "rd") async throws -> Login? {
    let rows = try await pool.run(
      """
      select key_id, sealed, generation, coalesce(expires_at > now() + interval '60 s', false)
      from credential where integration_id = \(integration) and system = \(system)
      """
    )
    guard let row = rows.first else { return nil }
    guard try row.string(0) == keyID else {
      throw CredentialFault.otherKey(integration: integration, keyID: try row.string(0))
    }
    var login = try open(try row.bytes(1), integration, system)
    login.generation = try row.int(2)
    login.isValid = try row.bool(3)
    return login
  }

  /// Takes the right to refresh a generation for 30 s; false when somebody else has it, or has done it.
  func claimRefresh(of integration: String, system: String, generation: Int) async throws -> Bool {
    try await pool.run(
      """
      update credential set refresh_until = now() + interval '30 s'
      where integration_id = \(integration) and system = \(system) and generation = \(generation)
        and (refresh_until is null or refresh_until < now())
      """
    ).affected == 1
  }

  /// Stores what a refresh yielded and gives the claim back.
  func refreshed(_ login: Login, of integration: String, system: String, seconds: Int) async throws
  {
    try await pool.run(
      """
      update credential set sealed = \(try seal(login, integration, system)), key_id = \(keyID),
        generation = generation + 1, expires_at = now() + make_interval(secs => \(seconds)::int),
        refresh_until = null
      where integration_id = \(integration) and system = \(system)
        and generation = \(login.generation)
      """
    )
  }

  func releaseClaim(of integration: String, system: String) async throws {
    try await pool.run(
      """
      update credential set refresh_until = null
      where integration_id = \(integration) and system = \(system)
      """
    )
  }

  private func seal(_ login: Login, _ integration: String, _ system: String) throws -> [UInt8] {
    let json: JSON = [
      "client_id": .string(login.clientID), "client_secret": .string(login.clientSecret),
      "refresh_token": .string(login.refreshToken), "access_token": .optional(login.accessToken),
    ]
    let box = try AES.GCM.seal(
      json.encoded,
      using: key,
      authenticating: Array("\(integration)|\(system)".utf8)
    )
    guard let combined = box.combined else { throw CredentialFault.unreadable(integration) }
    return Array(combined)
  }

  private func open(_ sealed: [UInt8], _ integration: String, _ system: String) throws -> Login {
    let json: JSON
    do {
      let box = try AES.GCM.SealedBox(combined: sealed)
      let text = try AES.GCM.open(
        box,
        using: key,
        authenticating: Array("\(integration)|\(system)".utf8)
      )
      json = try JSON(parsing: Array(text))
    } catch {
      // The cause would say no more than that the key does not fit.
      throw CredentialFault.unreadable(integration)
    }
    guard let clientID = json["client_id"]?.string, let secret = json["client_secret"]?.string,
      let refreshToken = json["refresh_token"]?.string
    else { throw CredentialFault.unreadable(integration) }
    return Login(
      clientID: clientID,
      clientSecret: secret,
      refreshToken: refreshToken,
      accessToken: json["access_token"]?.string,
      generation: 0,
      isValid: false
    )
  }
}

/// A stored secret that cannot be used.
package enum CredentialFault: Error, Sendable, CustomStringConvertible {
  case otherKey(integration: String, keyID: String)
  case unreadable(String)
  case missing(String)

  package var description: String {
    switch self {
    case .otherKey(let integration, let keyID):
      "the login of \(integration) was encrypted with another key (id \(keyID)); set ESTEIRA_SECRET_KEY to that key or apply the settings again"
    case .unreadable(let integration):
      "the login of \(integration) cannot be decrypted; apply the settings again"
    case .missing(let integration):
      "the integration \(integration) has no login at RD Station; apply its settings"
    }
  }
}
