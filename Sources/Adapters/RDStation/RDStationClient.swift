package import AsyncHTTPClient
package import Logging
private import NIOCore
private import NIOHTTP1
private import OutgoingAddresses
private import StrictJSON

/// RD Station Marketing's API.
///
/// A call is made once, and once more only after a 401, which proves that the first did nothing.
/// Nothing else is retried here: whether a POST whose answer was lost was carried out is unknown,
/// and RD has no idempotency key.
///
/// Every function throws `RDStationError`. Cancellation ends the call with `.notSent` or
/// `.outcomeUnknown` (`.unavailable` for reads), like a time-out.
package struct RDStationClient: Sendable {
  private let exchange: RDExchange
  private let tokens: any RDAccessTokens
  private let permits: any RDPermits
  private let logger: Logger

  /// - Parameters:
  ///   - http: Made with `httpConfiguration(calling:logger:)`, so that the calls go nowhere else.
  ///   - baseURL: Such as `https://api.rd.services`, without a slash at the end.
  ///   - tokens: Asked before every call.
  ///   - permits: Asked before every call and told how it ended.
  ///   - timeout: Of one call, from its start to the last byte of the answer.
  ///   - logger: Gets one line at debug per answer, with the route and never the contact.
  package init(
    http: HTTPClient,
    baseURL: String,
    tokens: any RDAccessTokens,
    permits: any RDPermits = UnlimitedRDPermits(),
    timeout: Duration = .seconds(10),
    logger: Logger
  ) {
    exchange = RDExchange(http: http, baseURL: baseURL, timeout: timeout)
    self.tokens = tokens
    self.permits = permits
    self.logger = logger
  }

  /// For the HTTP client: no redirects, 3 s to connect, idle connections dropped after 20 s so that
  /// a call seldom meets one that RD is just closing.
  package static var httpConfiguration: HTTPClient.Configuration {
    var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
    configuration.timeout.connect = .seconds(3)
    configuration.connectionPool.idleTimeout = .seconds(20)
    // All accounts are at one address: calls of some that hang must leave connections to the others.
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
    return configuration
  }

  /// The same for a client that calls RD Station at one address: connections that lead elsewhere are
  /// refused, see `callOnly(_:logger:)`.
  package static func httpConfiguration(calling baseURL: String, logger: Logger)
    -> HTTPClient.Configuration
  {
    var configuration = httpConfiguration
    configuration.callOnly(baseURL, logger: logger)
    return configuration
  }

  /// Makes the call with the integration's token, and once more with a new token after a 401.
  ///
  /// `end`: neither begins after it; the wait for a token and a permit may outlast what the caller has.
  func call(
    _ request: RDRequest,
    for integration: String,
    before end: ContinuousClock.Instant? = nil
  ) async throws(RDStationError) -> RDAnswer {
    let token = try await token { try await tokens.accessToken(for: integration) }
    let first = try await perform(request, bearer: token, for: integration, before: end)
    guard first.status == 401 else { return try first.accepted(for: request) }
    let renewed = try await self.token {
      try await tokens.renewedToken(for: integration, insteadOf: token)
    }
    let second = try await perform(request, bearer: renewed, for: integration, before: end)
    if second.status == 401 {
      _ = try await self.token {
        try await tokens.refused(renewed, for: integration)
        return renewed
      }
    }
    return try second.accepted(for: request)
  }

  private func token(
    _ fetch: () async throws -> String
  ) async throws(RDStationError) -> String {
    do {
      return try await fetch()
    } catch let error as RDStationError {
      switch error.code {
      // Of the call for a token: the one that needs it was not made, or was refused.
      case .unavailable, .outcomeUnknown, .notSent:
        throw RDStationError(.heldBack(.seconds(5)), status: error.status, underlying: error)
      default: throw error
      }
    } catch {
      // Whoever keeps the logins says so when there is none; all else is a trouble of its own that passes.
      throw RDStationError(.heldBack(.seconds(5)), underlying: error)
    }
  }

  private func perform(
    _ request: RDRequest,
    bearer: String,
    for integration: String,
    before end: ContinuousClock.Instant?
  ) async throws(RDStationError) -> RDAnswer {
    let permit = try await permits.permit(request.api, of: integration)
    let start = ContinuousClock.now
    if let end, start >= end {
      await permits.ended(permit, .unused)
      throw RDStationError(.notSent)
    }
    let answer: RDAnswer
    do {
      answer = try await exchange.perform(request, bearer: bearer)
    } catch {
      // A call that was cancelled here says nothing of RD.
      let ending = Task.isCancelled ? RDPermit.Ending.cancelled : .failed
      await permits.ended(permit, ending)
      throw error
    }
    await permits.ended(permit, answer.ending(of: request))
    logger.debug(
      "RD Station answered",
      metadata: [
        "route": "\(request.route)", "status": "\(answer.status)",
        "duration.ms": "\((ContinuousClock.now - start) / .milliseconds(1))",
      ]
    )
    return answer
  }
}
