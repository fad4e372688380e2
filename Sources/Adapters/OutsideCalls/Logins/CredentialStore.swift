import Crypto
import FoundationEssentials
package import Postgres
import StrictJSON

/// The secrets of an integration's login at one system, encrypted at rest.
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
    /// Fingerprints of what people gave, the last one at the end; empty where that was not kept.
    package var given: [String] = []
    /// Rises with each refresh.
    package var generation = 0
    /// Rises when a person gives another login.
    package var lineage = 0
    /// True until the access token's own end, by the database's clock.
    package var isValid = false
    /// Since when it is refused, in universal time such as `2026-11-30T12:00:00Z`.
    package var deadSince: String?
    /// Whether a dead one may be tried again.
    package var isDue = true

    package var isDead: Bool { deadSince != nil }
    package var description: String { "Login(generation: \(generation))" }
    package var customMirror: Mirror { Mirror(self, children: ["generation": generation]) }
  }

  let pool: PostgresPool
  let system: String
  private let key: SymmetricKey
  let keyID: String

  /// `key`: 32 bytes; `system`: the code of the one that the logins are for.
  package init(pool: PostgresPool, key: [UInt8], system: String = "rd") {
    self.pool = pool
    self.system = system
    self.key = SymmetricKey(data: key)
    keyID = SHA256.hash(data: key).prefix(4).map { String($0, radix: 16) }.joined()
  }

  /// Nil when the integration has no login.
  package func login(of integration: String) async throws -> Login? {
    let rows = try await pool.run(
      """
      select key_id, sealed, generation, coalesce(expires_at > now() + interval '60 s', false),
        lineage, to_char(dead_since at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
        coalesce(retry_at <= now(), true)
      from credential where integration_id = \(integration) and system = \(system)
      """
    )
    guard let row = rows.first else { return nil }
    guard try row.string(0) == keyID else {
      throw CredentialFault.otherKey(integration: integration, keyID: try row.string(0))
    }
    var login = try open(try row.bytes(1), integration)
    login.generation = try row.int(2)
    login.isValid = try row.bool(3)
    login.lineage = try row.int(4)
    login.deadSince = try row.optionalString(5)
    login.isDue = try row.bool(6)
    return login
  }

  /// Tells whether two given logins are one, and shows nothing of them.
  func fingerprint(_ parts: String...) -> String {
    let code = HMAC<SHA256>.authenticationCode(
      for: Array(parts.joined(separator: "\u{0}").utf8),
      using: key
    )
    return code.prefix(12).map { byte in
      let text = String(byte, radix: 16)
      return byte < 16 ? "0\(text)" : text
    }.joined()
  }

  func seal(_ login: Login, _ integration: String) throws -> [UInt8] {
    let json: JSON = [
      "client_id": .string(login.clientID), "client_secret": .string(login.clientSecret),
      "refresh_token": .string(login.refreshToken), "access_token": .optional(login.accessToken),
      "given": .array(login.given.map(JSON.string)),
    ]
    let box = try AES.GCM.seal(
      json.encoded,
      using: key,
      authenticating: Array("\(integration)|\(system)".utf8)
    )
    guard let combined = box.combined else { throw CredentialFault.unreadable(integration) }
    return Array(combined)
  }

  func open(_ sealed: [UInt8], _ integration: String) throws -> Login {
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
      given: json["given"]?.array?.compactMap(\.string) ?? []
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
      "the login of \(integration) was encrypted with another key (id \(keyID)); set ESTEIRA_SECRET_KEY to that key, or give the login anew: esteira connect \(integration)"
    case .unreadable(let integration):
      "the login of \(integration) cannot be decrypted; give it anew: esteira connect \(integration)"
    case .missing(let integration):
      "the integration \(integration) has no login at RD Station; give it: esteira connect \(integration)"
    }
  }
}
