import Postgres

/// A login as a person gives it.
package struct GivenLogin: Sendable, CustomStringConvertible, CustomReflectable {
  package let clientID: String
  package let clientSecret: String
  package let refreshToken: String

  package init(clientID: String, clientSecret: String, refreshToken: String) {
    self.clientID = clientID
    self.clientSecret = clientSecret
    self.refreshToken = refreshToken
  }

  package var description: String { "GivenLogin" }
  package var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension CredentialStore {
  /// Stores a login without trying it, unless it was given before.
  package func store(
    integration: String,
    clientID: String,
    clientSecret: String,
    refreshToken: String
  ) async throws {
    let given = GivenLogin(
      clientID: clientID,
      clientSecret: clientSecret,
      refreshToken: refreshToken
    )
    let known = try await login(of: integration)
    if let known, wasGiven(given, to: known) { return }
    let login = Login(clientID: clientID, clientSecret: clientSecret, refreshToken: refreshToken)
    try await pool.run(try replacing(known, with: login, given, in: integration))
  }

  func fingerprint(of given: GivenLogin) -> String {
    fingerprint(given.clientID, given.clientSecret, given.refreshToken)
  }

  /// Whether a person gave this before: RD may have replaced the refresh token since.
  func wasGiven(_ given: GivenLogin, to login: Login) -> Bool {
    login.given.contains(fingerprint(of: given))
      || (login.clientID == given.clientID && login.clientSecret == given.clientSecret
        && login.refreshToken == given.refreshToken)
  }

  /// Puts a login in the place of the one before; whoever refreshes that one just now is too late.
  ///
  /// `seconds`: the life of the access token, if it has one.
  func replacing(
    _ former: Login?,
    with login: Login,
    _ given: GivenLogin,
    in integration: String,
    seconds: Int? = nil
  ) throws -> [SQL] {
    var login = login
    login.given = (former?.given ?? []).suffix(15) + [fingerprint(of: given)]
    let sealed = try seal(login, integration)
    return [
      """
      insert into credential as c (integration_id, system, key_id, sealed, expires_at)
      values (\(integration), \(system), \(keyID), \(sealed),
        now() + make_interval(secs => \(seconds)::int))
      on conflict (integration_id, system) do update set key_id = excluded.key_id,
        sealed = excluded.sealed, expires_at = excluded.expires_at, refresh_until = null,
        generation = c.generation + 1, claim = c.claim + 1, lineage = c.lineage + 1,
        dead_since = null, retry_at = null
      """,
      """
      delete from credential_spare where integration_id = \(integration) and system = \(system)
      """,
      """
      delete from credential_offer where integration_id = \(integration) and system = \(system)
      """,
    ]
  }

  /// Keeps what the trial of a given login yielded, before anything is asked with it.
  func offer(_ login: Login, _ given: GivenLogin, integration: String) async throws {
    try await pool.run(
      """
      insert into credential_offer (integration_id, system, given, key_id, sealed)
      values (\(integration), \(system), \(fingerprint(of: given)), \(keyID),
        \(try seal(login, integration)))
      on conflict (integration_id, system, given) do update
        set key_id = excluded.key_id, sealed = excluded.sealed
      """
    )
  }

  /// What an earlier trial of it yielded; nil when there was none.
  func offered(_ given: GivenLogin, integration: String) async throws -> Login? {
    try await pool.run(
      """
      select sealed from credential_offer
      where integration_id = \(integration) and system = \(system) and key_id = \(keyID)
        and given = \(fingerprint(of: given))
      """
    ).first.map { try open(try $0.bytes(0), integration) }
  }

  /// The integrations that use this refresh token, with the account that each of them names.
  func users(of given: GivenLogin, besides integration: String) async throws
    -> [(integration: String, account: String)]
  {
    let rows = try await pool.run(
      """
      select c.integration_id, i.rd_account, c.sealed from credential c
      join integration i on i.id = c.integration_id
      where c.system = \(system) and c.integration_id <> \(integration) and c.key_id = \(keyID)
      order by c.integration_id
      """
    )
    var users: [(integration: String, account: String)] = []
    for row in rows {
      let name = try row.string(0)
      let login = try open(try row.bytes(2), name)
      if login.refreshToken == given.refreshToken || wasGiven(given, to: login) {
        users.append((name, try row.string(1)))
      }
    }
    return users
  }
}
