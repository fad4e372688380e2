import Postgres

/// The right to refresh one login, for as long as nobody else has taken it.
struct RefreshClaim: Sendable {
  let integration: String
  /// Higher than that of every claim before.
  let fence: Int
  /// Before it was asked for: its 30 s are over no earlier than 30 s after that.
  let began: ContinuousClock.Instant

  /// Whether a call that takes 10 s can begin and end within the claim; time in which the process or the
  /// machine slept counts.
  var isOurs: Bool { .now < began + .seconds(15) }
}

extension CredentialStore {
  /// Takes the right to refresh a generation for 30 s; nil when somebody else has it, or has done it.
  func claimRefresh(of integration: String, generation: Int) async throws -> RefreshClaim? {
    let began = ContinuousClock.now
    let rows = try await pool.run(
      """
      update credential set claim = claim + 1, refresh_until = now() + interval '30 s'
      where integration_id = \(integration) and system = \(system) and generation = \(generation)
        and (refresh_until is null or refresh_until < now())
      returning claim
      """
    )
    guard let row = rows.first else { return nil }
    return RefreshClaim(integration: integration, fence: try row.int(0), began: began)
  }

  /// Gives the claim back, unless somebody else has taken it.
  func release(_ claim: RefreshClaim) async throws {
    try await pool.run(
      """
      update credential set refresh_until = null
      where integration_id = \(claim.integration) and system = \(system)
        and claim = \(claim.fence)
      """
    )
  }

  /// Stores what a refresh yielded and gives the claim back; the refresh token before it is kept until
  /// this one has worked.
  ///
  /// Where the claim was lost meanwhile, a newer grant is not overwritten: what this one yielded is kept
  /// as a spare of its own login. The login has the new tokens, `former` is the refresh token that was used;
  /// the access token lives so many seconds.
  ///
  /// - Returns: The new generation; nil when the claim was lost.
  /// - Throws: What PostgreSQL answered; whether it is stored is then unknown, and it may be stored again.
  func refreshed(_ login: Login, former: String, _ claim: RefreshClaim, seconds: Int) async throws
    -> Int?
  {
    let integration = claim.integration
    var spent = login
    spent.refreshToken = former
    spent.accessToken = nil
    let rows = try await pool.run([
      """
      with renewed as (
        update credential set sealed = \(try seal(login, integration)), key_id = \(keyID),
          generation = generation + 1,
          expires_at = now() + make_interval(secs => \(seconds)::int), refresh_until = null
        where integration_id = \(integration) and system = \(system)
          and generation = \(login.generation) and claim = \(claim.fence)
        returning generation, lineage
      ), proven as (
        delete from credential_spare s using renewed
        where s.integration_id = \(integration) and s.system = \(system)
      ), kept as (
        insert into credential_spare (integration_id, system, lineage, key_id, sealed)
        select \(integration), \(system), lineage, \(keyID), \(try seal(spent, integration))
        from renewed where \(former != login.refreshToken)
      )
      select generation from renewed
      """,
      """
      insert into credential_spare (integration_id, system, lineage, key_id, sealed)
      select integration_id, system, lineage, \(keyID), \(try seal(login, integration))
      from credential
      where integration_id = \(integration) and system = \(system) and lineage = \(login.lineage)
        and claim > \(claim.fence)
      """,
    ])
    return try rows[0].first?.int(0)
  }

  /// Refresh tokens to try where the current one is refused, newest first.
  func spares(of integration: String) async throws -> [String] {
    let rows = try await pool.run(
      """
      select s.sealed from credential_spare s
      join credential c using (integration_id, system, lineage)
      where s.integration_id = \(integration) and s.system = \(system) and s.key_id = \(keyID)
      order by s.id desc
      """
    )
    return try rows.map { try open(try $0.bytes(0), integration).refreshToken }
  }

  /// The login is refused: nobody tries it again for 30 s.
  func died(_ claim: RefreshClaim) async throws {
    try await pool.run(
      """
      update credential set dead_since = coalesce(dead_since, now()), refresh_until = null,
        retry_at = now() + interval '30 s'
      where integration_id = \(claim.integration) and system = \(system)
        and claim = \(claim.fence)
      """
    )
  }

  /// The tokens of a generation are refused though they are new.
  func refused(integration: String, generation: Int) async throws {
    try await pool.run(
      """
      update credential set dead_since = coalesce(dead_since, now()),
        retry_at = now() + interval '30 s'
      where integration_id = \(integration) and system = \(system) and generation = \(generation)
      """
    )
  }

  /// A dead login works again.
  func revived(integration: String, generation: Int) async throws {
    try await pool.run(
      """
      update credential set dead_since = null, retry_at = null
      where integration_id = \(integration) and system = \(system) and generation = \(generation)
      """
    )
  }

  /// The integrations whose login is refused, and whether it may be tried again now.
  package func dead() async throws -> [(integration: String, isDue: Bool)] {
    try await pool.run(
      """
      select integration_id, coalesce(retry_at <= now(), true) from credential
      where system = \(system) and dead_since is not null order by integration_id
      """
    ).map { (try $0.string(0), try $0.bool(1)) }
  }
}
