package import Belt
package import Logging

/// The one way outside: login, permit, call, and what the answer means.
///
/// A call is made once, and once more only after a 401, which proves that the first did nothing. Nothing
/// else is tried again here: what a failure means, and so who tries again, is decided by the route's
/// effect in the table of ``CallError/Cause/meaning(of:)``. Cancellation ends a call like a time-out.
package struct Caller: Sendable {
  private let exchange: Exchange
  private let logins: any Logins
  private let permits: any CallPermits
  private let logger: Logger

  /// - Parameters:
  ///   - exchange: Carries the calls.
  ///   - logins: Asked before every call.
  ///   - permits: Asked before every call and told how it ended.
  ///   - logger: Gets one line at debug per answer, with the route and never what was asked.
  package init(
    _ exchange: Exchange,
    logins: any Logins,
    permits: any CallPermits,
    logger: Logger
  ) {
    self.exchange = exchange
    self.logins = logins
    self.permits = permits
    self.logger = logger
  }

  /// What describes the system that is called.
  package var system: OutsideSystem { exchange.dialect.system }

  /// Makes the call with the integration's login, and once more with a new one after a 401.
  ///
  /// `end`: neither begins after it; the wait for a login and a permit may outlast what the caller has.
  package func answer<Answer>(
    _ call: Call<Answer>,
    for integration: String,
    before end: ContinuousClock.Instant? = nil
  ) async throws(CallError) -> Answer {
    let pass = try await self.pass(call) { try await logins.pass(for: integration) }
    let first = try await reply(to: call, with: pass, for: integration, before: end)
    guard isRefused(first) else { return try first.answer(to: call, exchange.dialect) }
    let renewed = try await self.pass(call) {
      try await logins.renewedPass(for: integration, insteadOf: pass)
    }
    let second = try await reply(to: call, with: renewed, for: integration, before: end)
    if isRefused(second) {
      _ = try await self.pass(call) {
        try await logins.refused(renewed, for: integration)
        return renewed
      }
    }
    return try second.answer(to: call, exchange.dialect)
  }

  /// A 401, or what says the same at a system that answers everything with 200.
  private func isRefused(_ reply: Reply) -> Bool { reply.cause(exchange.dialect) == .loginDead }

  private func pass<Answer>(
    _ call: Call<Answer>,
    _ fetch: () async throws -> Pass
  ) async throws(CallError) -> Pass {
    do {
      return try await fetch()
    } catch let error as CallError {
      let cause: CallError.Cause =
        switch error.meaning {
        case .login, .wait: error.cause
        // Of the call for a login: the one that needs it was not made, or was refused.
        case .retry, .refused, .unknown: .heldBack(.seconds(5))
        }
      throw call.error(cause, at: system, status: error.status, underlying: error.underlying)
    } catch {
      // Whoever keeps the logins says so when there is none; all else is a trouble of its own that passes.
      throw call.error(.heldBack(.seconds(5)), at: system, underlying: error)
    }
  }

  private func reply<Answer>(
    to call: Call<Answer>,
    with pass: Pass,
    for integration: String,
    before end: ContinuousClock.Instant?
  ) async throws(CallError) -> Reply {
    let permit: CallPermit
    do throws(NoPermit) {
      permit = try await permits.permit(call.route.pattern.quota, of: integration)
    } catch {
      throw call.error(error.cause, at: system, underlying: error.underlying)
    }
    let start = ContinuousClock.now
    if let end, start >= end {
      await permits.ended(permit, .unused)
      throw call.error(.late, at: system)
    }
    let reply: Reply
    do {
      reply = try await exchange.reply(to: call, with: pass)
    } catch {
      // A call that was cancelled here says nothing of the system.
      await permits.ended(permit, Task.isCancelled ? .cancelled : .failed)
      throw error
    }
    await permits.ended(permit, reply.ending(exchange.dialect))
    logger.debug(
      "outside call answered",
      metadata: [
        "route": "\(call.route.pattern)", "status": "\(reply.status)",
        "duration.ms": "\((ContinuousClock.now - start) / .milliseconds(1))",
      ]
    )
    return reply
  }
}
