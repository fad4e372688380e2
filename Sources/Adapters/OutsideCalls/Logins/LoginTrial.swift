package import Belt
import Leads
package import Postgres

/// Tries the login that a person gave to an integration before it takes the place of the one before: only one
/// that works, and opens the account that the document names, does.
package struct LoginTrial: Sendable {
  /// What is to become of the login.
  package enum Verdict: Sendable {
    /// It works: to be written with whatever else is.
    ///
    /// `token`: what it yielded, for the calls of who gave it.
    case replaced(account: String?, token: String, writes: [SQL])
    case kept(why: String)
  }

  private let integration: String
  private let account: String?
  private let store: CredentialStore
  private let grants: any TokenGrants

  /// `account`: as the document names it; nil where it does not matter whose account a login opens.
  package init(
    of integration: String,
    opening account: String?,
    store: CredentialStore,
    grants: any TokenGrants
  ) {
    self.integration = integration
    self.account = account
    self.store = store
    self.grants = grants
  }

  /// Tries what a document names.
  ///
  /// What was given before is tried only where the login in force is dead: RD may have replaced the refresh
  /// token since. Such a one that does not work changes nothing, and refuses nothing.
  ///
  /// - Throws: ``LoginRefusal``.
  package func weigh(_ given: GivenLogin) async throws -> Verdict {
    guard let former = try await former() else { return try await attempt(given, nil) }
    guard store.wasGiven(given, to: former) else {
      guard former.given.isEmpty, !former.isDead else { return try await attempt(given, former) }
      if try await works() {
        return .kept(why: "it works; another one: \(connecting)")
      }
      // To find that out may have refreshed it.
      return try await connect(given)
    }
    guard former.isDead else { return .kept(why: "it was given before") }
    do {
      return try await attempt(given, former)
    } catch let refusal as LoginRefusal {
      return .kept(why: "\(grants.system.name) refuses it; the one given does not help: \(refusal)")
    }
  }

  /// The command that gives another login.
  private var connecting: String {
    "esteira connect \(integration)" + (grants.system == .rdStation ? "" : " --crm")
  }

  /// Tries what was given beside any document.
  ///
  /// - Throws: ``LoginRefusal``.
  package func connect(_ given: GivenLogin) async throws -> Verdict {
    try await attempt(given, try await former())
  }

  /// Exchanges the code of RD's dialog, and tries what it yields; a code works once.
  ///
  /// - Throws: ``LoginRefusal``.
  package func connect(code: String, clientID: String, clientSecret: String) async throws -> Verdict
  {
    let former = try await former()
    let grant = try await answered { () async throws(CallError) in
      try await grants.exchange(clientID: clientID, clientSecret: clientSecret, code: code)
    }
    let given = GivenLogin(
      clientID: clientID,
      clientSecret: clientSecret,
      refreshToken: grant.refreshToken
    )
    return try await proven(grant, given, former)
  }

  /// Nil where there is none, or it cannot be read with this key.
  private func former() async throws -> CredentialStore.Login? {
    do {
      return try await store.login(of: integration)
    } catch is CredentialFault {
      // That is what a new login is to mend.
      return nil
    }
  }

  private func attempt(_ given: GivenLogin, _ former: CredentialStore.Login?) async throws
    -> Verdict
  {
    if let account {
      for user in try await store.users(of: given, besides: integration)
      where user.account != account {
        throw LoginRefusal.othersLogin(user.integration, account: user.account)
      }
    }
    // An earlier trial may have spent what was given.
    let earlier = try await store.offered(given, integration: integration)
    let token = earlier?.refreshToken ?? given.refreshToken
    guard let former, former.clientID == given.clientID, former.refreshToken == token else {
      return try await proven(try await refreshed(given, token), given, former)
    }
    let (grant, claim) = try await refreshed(former, given)
    do {
      return try await proven(grant, given, former)
    } catch {
      if let claim { try await store.release(claim) }
      throw error
    }
  }

  private func refreshed(_ given: GivenLogin, _ token: String) async throws -> TokenGrant {
    try await answered { () async throws(CallError) in
      try await grants.refresh(
        clientID: given.clientID,
        clientSecret: given.clientSecret,
        refreshToken: token
      )
    }
  }

  /// Tries the refresh token of the login in force, as the workers do.
  ///
  /// Of two that use it the second ends the login: so it is claimed first, and what it yields is the
  /// workers' whatever the trial finds.
  ///
  /// - Returns: Also a claim that keeps them from another refresh until the trial's own writes take its place.
  private func refreshed(_ former: CredentialStore.Login, _ given: GivenLogin) async throws
    -> (TokenGrant, RefreshClaim?)
  {
    guard let claim = try await store.claimRefresh(of: integration, generation: former.generation)
    else { throw LoginRefusal.notAsked("a worker refreshes it right now; try again in a minute") }
    let grant: TokenGrant
    do {
      grant = try await refreshed(given, former.refreshToken)
    } catch {
      try await store.release(claim)
      throw error
    }
    var renewed = former
    renewed.clientSecret = given.clientSecret
    renewed.accessToken = grant.accessToken
    renewed.refreshToken = grant.refreshToken
    let generation = try await store.refreshed(
      renewed,
      former: former.refreshToken,
      claim,
      seconds: grant.seconds
    )
    guard let generation else {
      throw LoginRefusal.notAsked("a worker has refreshed it meanwhile; try again in a minute")
    }
    return (grant, try await store.claimRefresh(of: integration, generation: generation))
  }

  private func answered<Answer>(_ ask: () async throws(CallError) -> Answer) async throws -> Answer
  {
    do throws(CallError) {
      return try await ask()
    } catch {
      throw error.meaning == .login ? LoginRefusal.refused(grants.system) : .notAsked("\(error)")
    }
  }

  private func proven(
    _ grant: TokenGrant,
    _ given: GivenLogin,
    _ former: CredentialStore.Login?
  ) async throws -> Verdict {
    let login = CredentialStore.Login(
      clientID: given.clientID,
      clientSecret: given.clientSecret,
      refreshToken: grant.refreshToken,
      accessToken: grant.accessToken
    )
    // Stored before it is used.
    try await store.offer(login, given, integration: integration)
    let name = try await answered { () async throws(CallError) in
      try await grants.account(openedBy: grant.accessToken)
    }
    if let account {
      guard let name, RDAccountLabel(account).names(name) else {
        throw LoginRefusal.otherAccount(opens: name, named: account)
      }
    }
    let writes = try store.replacing(
      former,
      with: login,
      given,
      in: integration,
      seconds: grant.seconds
    )
    return .replaced(account: name, token: grant.accessToken, writes: writes)
  }

  /// Whether a login that was stored by a version which did not keep what was given can stay.
  ///
  /// That its access token has run out says nothing of it: it is refreshed then, as the workers do.
  private func works() async throws -> Bool {
    do {
      let name = try await RefreshedLogins(store: store, grants: grants).account(of: integration)
      guard let account, let name else { return true }
      return RDAccountLabel(account).names(name)
    } catch let error as CallError {
      guard error.meaning == .login else { throw LoginRefusal.notAsked("\(error)") }
      return false
    }
  }
}

/// Why a login that was given does not take the place of the one before; nothing has changed.
package enum LoginRefusal: Error, Sendable, Hashable, CustomStringConvertible {
  /// That system does not take it.
  case refused(OutsideSystem)
  /// Whether it is taken could not be found out.
  case notAsked(String)
  case otherAccount(opens: String?, named: String)
  /// Another integration uses it, for another account.
  case othersLogin(String, account: String)

  /// Whether the same may work later.
  package var isTransient: Bool {
    if case .notAsked = self { return true }
    return false
  }

  package var description: String {
    switch self {
    case .refused(let system) where system != .rdStation:
      "\(system.name) refuses the login; check each value that crm.login names, and that the user may log in there"
    case .refused:
      "RD Station refuses the login; check client_id and client_secret, and connect the account again for a fresh refresh token"
    case .notAsked(let why): "the login could not be tried: \(why)"
    case .otherAccount(let opens, let named):
      "the login opens the RD Station account \(opens.map { "“\($0)”" } ?? "without a name"), but rd_station.account in the document is “\(named)”. Give the login of that account, correct the document, or say --any-account"
    case .othersLogin(let integration, let account):
      "the login is that of the integration \(integration), whose RD Station account is “\(account)”. Give this integration its own, or say --any-account"
    }
  }
}
