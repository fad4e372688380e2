package import AsyncHTTPClient
import RDStation

/// The access tokens of all integrations, refreshed once for the whole fleet.
///
/// A refresh may replace the refresh token, and the old one then dies: two at once could disconnect a
/// customer. So a refresh is claimed in PostgreSQL, and whoever comes second waits for its result.
package actor RDTokens: RDAccessTokens {
  private let store: CredentialStore
  private let http: HTTPClient
  private let baseURL: String
  private var known: [String: String] = [:]
  private var renewals: [String: Task<String, any Error>] = [:]

  package init(store: CredentialStore, http: HTTPClient, baseURL: String) {
    self.store = store
    self.http = http
    self.baseURL = baseURL
  }

  package func accessToken(for integration: String) async throws -> String {
    if let token = known[integration] { return token }
    return try await renewed(integration, insteadOf: nil)
  }

  package func renewedToken(for integration: String, insteadOf rejected: String) async throws
    -> String
  {
    if let token = known[integration], token != rejected { return token }
    known[integration] = nil
    return try await renewed(integration, insteadOf: rejected)
  }

  /// One look-up or refresh an integration at a time in this process.
  private func renewed(_ integration: String, insteadOf rejected: String?) async throws -> String {
    if let running = renewals[integration] { return try await running.value }
    let task = Task { try await fetch(integration, insteadOf: rejected) }
    renewals[integration] = task
    defer { renewals[integration] = nil }
    let token = try await task.value
    known[integration] = token
    return token
  }

  private nonisolated func fetch(_ integration: String, insteadOf rejected: String?) async throws
    -> String
  {
    // The claim lasts 30 s, and so does the patience of those who wait for it.
    for _ in 0..<150 {
      guard let login = try await store.login(of: integration) else {
        throw CredentialFault.missing(integration)
      }
      if login.isValid, let token = login.accessToken, token != rejected { return token }
      if try await store.claimRefresh(
        of: integration,
        system: "rd",
        generation: login.generation
      ) {
        return try await refresh(login, of: integration)
      }
      try await ContinuousClock().sleep(for: .milliseconds(200))
    }
    throw RDStationError(.noToken)
  }

  private nonisolated func refresh(_ login: CredentialStore.Login, of integration: String)
    async throws -> String
  {
    do {
      let grant = try await RDStationClient.refresh(
        http: http,
        baseURL: baseURL,
        clientID: login.clientID,
        clientSecret: login.clientSecret,
        refreshToken: login.refreshToken
      )
      var renewed = login
      renewed.accessToken = grant.accessToken
      renewed.refreshToken = grant.refreshToken
      try await store.refreshed(
        renewed,
        of: integration,
        system: "rd",
        seconds: Int(grant.expiresIn.components.seconds)
      )
      return grant.accessToken
    } catch {
      try await store.releaseClaim(of: integration, system: "rd")
      throw error
    }
  }
}
