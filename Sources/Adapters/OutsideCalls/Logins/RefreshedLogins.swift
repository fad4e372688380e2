package import Belt
import Postgres

/// The access tokens of all integrations at one system, refreshed once for the whole fleet.
///
/// A refresh may replace the refresh token, and the old one then dies: two at once could disconnect a
/// customer. So a refresh is claimed in PostgreSQL, and whoever comes second waits for its result; what it
/// yields is stored before it is used. A login that is refused is dead for everybody, is asked about again
/// by one of them every half minute, and comes back by itself.
package actor RefreshedLogins: Logins {
  private struct Known: Sendable {
    let token: String
    let generation: Int
    var until = ContinuousClock.now
  }

  private let store: CredentialStore
  private let grants: any TokenGrants
  private let pass: @Sendable (String) -> Pass
  private let pause: Pause
  /// How long what is known is believed without asking the database: another login may be in force since.
  private let staleness: Duration
  private var known: [String: Known] = [:]
  private var failures: [String: (error: CallError, until: ContinuousClock.Instant)] = [:]
  private var renewals: [String: Task<Known, any Error>] = [:]
  /// Grants that the database could not take yet.
  private var unstored: Set<String> = []

  /// `pass`: what carries a token in the calls of this system.
  package init(
    store: CredentialStore,
    grants: any TokenGrants,
    pass: @escaping @Sendable (String) -> Pass = { .bearer($0) },
    staleness: Duration = .seconds(5),
    pause: Pause = .real
  ) {
    self.store = store
    self.grants = grants
    self.pass = pass
    self.staleness = staleness
    self.pause = pause
  }

  /// The token in use now, or another one than that which has just been refused.
  package func accessToken(for integration: String, insteadOf refused: String? = nil) async throws
    -> String
  {
    if let known = known[integration], known.until > .now, known.token != refused {
      return known.token
    }
    return try await renewed(integration, insteadOf: refused)
  }

  package func pass(for integration: String) async throws -> Pass {
    pass(try await accessToken(for: integration))
  }

  package func renewedPass(for integration: String, insteadOf refused: Pass) async throws -> Pass {
    pass(try await accessToken(for: integration, insteadOf: refused.token))
  }

  package func refused(_ pass: Pass, for integration: String) async throws {
    guard let known = known[integration], known.token == pass.token else { return }
    self.known[integration] = nil
    try await store.refused(integration: integration, generation: known.generation)
  }

  /// The name of the account that the login of an integration opens, renewed where it is refused.
  ///
  /// - Returns: Nil when the system tells none.
  package func account(of integration: String) async throws -> String? {
    let token = try await accessToken(for: integration)
    do throws(CallError) {
      return try await grants.account(openedBy: token)
    } catch {
      guard error.meaning == .login else { throw error }
    }
    return try await grants.account(openedBy: try await renewed(integration, insteadOf: token))
  }

  /// One look-up or refresh an integration at a time in this process.
  private func renewed(_ integration: String, insteadOf refused: String?) async throws -> String {
    while true {
      if let failure = failures[integration], failure.until > .now { throw failure.error }
      if unstored.contains(integration) { throw failure(.heldBack(.seconds(5))) }
      if let running = renewals[integration] {
        let token: String
        do {
          token = try await running.value.token
        } catch {
          throw lasting(error) ?? error
        }
        // Who asked before may have got what RD refuses by now.
        if token != refused { return token }
        // To wait for what has ended gives nobody a turn, not even who began it and is to clear it.
        clear(running, of: integration)
        continue
      }
      let task = Task { try await fetch(integration, insteadOf: refused) }
      renewals[integration] = task
      defer { clear(task, of: integration) }
      do {
        var fetched = try await task.value
        fetched.until = .now + staleness
        known[integration] = fetched
        failures[integration] = nil
        return fetched.token
      } catch {
        known[integration] = nil
        if let failure = lasting(error) {
          failures[integration] = (failure, .now + staleness)
          throw failure
        }
        throw error
      }
    }
  }

  private func clear(_ ended: Task<Known, any Error>, of integration: String) {
    if renewals[integration] == ended { renewals[integration] = nil }
  }

  /// Failures that the next message would meet as well.
  private func lasting(_ error: any Error) -> CallError? {
    switch error {
    case let error as CallError: error
    case let error as CredentialFault: failure(.noLogin, error)
    default: nil
    }
  }

  private func failure(_ cause: CallError.Cause, _ underlying: (any Error)? = nil) -> CallError {
    CallError(cause, of: .repeatable, at: grants.system, underlying: underlying)
  }

  private func fetch(_ integration: String, insteadOf refused: String?) async throws -> Known {
    // Others wait for half of the time that a claim lasts; it is seldom needed.
    for _ in 0..<75 {
      guard let login = try await store.login(of: integration) else {
        throw CredentialFault.missing(integration)
      }
      if login.isDead {
        guard login.isDue else { throw failure(.loginDead) }
      } else if login.isValid, let token = login.accessToken, token != refused {
        return Known(token: token, generation: login.generation)
      }
      let generation = login.generation
      if let claim = try await store.claimRefresh(of: integration, generation: generation) {
        return try await refresh(login, claim)
      }
      guard await pause.pause(for: .milliseconds(200)) else { break }
    }
    throw failure(.heldBack(.seconds(5)))
  }

  private func refresh(_ login: CredentialStore.Login, _ claim: RefreshClaim) async throws -> Known
  {
    do {
      let (grant, former) = try await grant(login, claim)
      var renewed = login
      renewed.accessToken = grant.accessToken
      renewed.refreshToken = grant.refreshToken
      let generation = try await keep(renewed, former: former, claim, seconds: grant.seconds)
      // What was refused has to prove itself, or all that waits would try it.
      if login.isDead { try await prove(grant.accessToken, generation, claim) }
      return Known(token: grant.accessToken, generation: generation)
    } catch let error as CallError where error.meaning == .login {
      try await store.died(claim)
      throw error
    } catch let error as CallError {
      try await store.release(claim)
      throw error
    }
  }

  /// What a refresh token yielded, with that token.
  private typealias Granted = (grant: TokenGrant, former: String)

  /// Asks with the current refresh token and, where that is refused, with those that it has replaced.
  private func grant(_ login: CredentialStore.Login, _ claim: RefreshClaim) async throws -> Granted
  {
    let first = await ask(login, login.refreshToken, claim)
    guard case .failure(let refusal) = first, refusal.meaning == .login else {
      return try first.get()
    }
    for spare in try await store.spares(of: claim.integration)
    where spare != login.refreshToken {
      let next = await ask(login, spare, claim)
      if case .failure(let error) = next, error.meaning == .login { continue }
      return try next.get()
    }
    throw refusal
  }

  private func ask(_ login: CredentialStore.Login, _ token: String, _ claim: RefreshClaim) async
    -> Result<Granted, CallError>
  {
    // Somebody else may be about to use the same token: whoever comes second ends the login.
    guard claim.isOurs else { return .failure(failure(.heldBack(.seconds(1)))) }
    do throws(CallError) {
      let grant = try await grants.refresh(
        clientID: login.clientID,
        clientSecret: login.clientSecret,
        refreshToken: token
      )
      return .success((grant, token))
    } catch {
      return .failure(error)
    }
  }

  /// Stores a grant; a database that is away is waited for, also after those who asked were sent away.
  private func keep(
    _ login: CredentialStore.Login,
    former: String,
    _ claim: RefreshClaim,
    seconds: Int
  ) async throws -> Int {
    var attempt = 0
    let end = ContinuousClock.now + .seconds(15)
    while true {
      do {
        let generation =
          try await store.refreshed(login, former: former, claim, seconds: seconds)
        // Somebody else has taken over, and what he stored counts.
        guard let generation else { throw failure(.heldBack(.seconds(1))) }
        return generation
      } catch let error as PostgresError {
        attempt += 1
        guard ContinuousClock.now < end, await pause.pause(beforeAttempt: attempt) else {
          keepTrying(login, former: former, claim, seconds: seconds)
          throw error
        }
      }
    }
  }

  /// Goes on until the grant is stored or the process ends: it may be the only one that opens the account.
  private func keepTrying(
    _ login: CredentialStore.Login,
    former: String,
    _ claim: RefreshClaim,
    seconds: Int
  ) {
    unstored.insert(claim.integration)
    Task {
      var attempt = 0
      while true {
        do {
          _ = try await store.refreshed(login, former: former, claim, seconds: seconds)
          break
        } catch {
          attempt += 1
          guard await pause.pause(beforeAttempt: attempt) else { break }
        }
      }
      unstored.remove(claim.integration)
    }
  }

  private func prove(_ token: String, _ generation: Int, _ claim: RefreshClaim) async throws {
    do throws(CallError) {
      _ = try await grants.account(openedBy: token)
    } catch {
      // Only a refusal speaks of the login; what else is wrong is told by the calls themselves.
      guard error.meaning != .login else { throw error }
    }
    try await store.revived(integration: claim.integration, generation: generation)
  }
}
