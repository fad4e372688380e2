package import Postgres
package import RDStation
package import Belt

/// Permits for calls to RD Station, from the quota and the breaker that the fleet shares.
///
/// One round trip takes a few permits, which are then used without asking: a healthy API costs no
/// round trip a call. What this process knows is therefore at most ``staleness`` old, and a breaker
/// that opened or a window that closed elsewhere lets through at most ``block`` more calls of it.
/// Permits that were not used by then go back with the next question. When the database cannot be asked, no
/// call is made.
package actor QuotaPermits: RDPermits {
  /// Permits taken at once, at most.
  static let block = 4
  static let staleness = Duration.seconds(1)
  /// How long a caller is kept for a permit that will be there; longer waits are told.
  ///
  /// Short enough to hold a delivery meanwhile; what arrives in it shares the next call.
  static let patience = Duration.milliseconds(600)
  /// A longer silence asked for by RD is kept, and asked about again after that.
  static let silenceMax = Duration.seconds(3600)

  private struct Known {
    var permits = 0
    var until: ContinuousClock.Instant
    /// Answered calls that the breaker has not been told of.
    var answered = 0
  }

  private let pool: PostgresPool
  private let limits: QuotaLimits
  private let pause: Pause
  private var known: [PressureKey: Known] = [:]

  package init(pool: PostgresPool, limits: QuotaLimits = QuotaLimits(), pause: Pause = .real) {
    self.pool = pool
    self.limits = limits
    self.pause = pause
  }

  package func permit(_ api: RDAPI, of integration: String) async throws(RDStationError) -> RDPermit
  {
    let key = PressureKey(integration: integration, api: api.rawValue)
    var waited = Duration.zero
    while true {
      if let own = known[key], own.permits > 0, own.until > .now {
        known[key]?.permits -= 1
        return RDPermit(api, of: integration)
      }
      switch try await ask(key, limits.bucket(of: api)) {
      case .granted(let isProbe): return RDPermit(api, of: integration, isProbe: isProbe)
      case .open: throw RDStationError(.heldBack(.seconds(5)))
      case .empty(let wait):
        guard waited + wait <= Self.patience, await pause.pause(for: wait) else {
          throw RDStationError(.rateLimited(retryAfter: wait))
        }
        waited += wait
      }
    }
  }

  package func ended(_ permit: RDPermit, _ ending: RDPermit.Ending) async {
    let key = PressureKey(integration: permit.integration, api: permit.api.rawValue)
    let statement: SQL
    switch ending {
    case .answered where permit.isProbe: statement = BreakerRows.probed(key)
    case .answered:
      known[key]?.answered += 1
      return
    case .failed:
      let answered = known[key]?.answered ?? 0
      known[key]?.answered = 0
      // What was taken before is no longer sure: ask before the next call.
      known[key]?.until = .now
      statement = BreakerRows.failed(key, after: answered)
    case .limited(let pause):
      known[key]?.until = .now
      let silence = min(pause, Self.silenceMax)
      statement = QuotaRows.closing(key, milliseconds: Int(silence / .milliseconds(1)))
    case .cancelled: return
    case .unused:
      // For the next call, or to be given back; a probe's turn comes round by itself.
      known[key, default: Known(until: .now)].permits += 1
      return
    }
    do {
      _ = try await pool.run(statement)
    } catch {
      // The call is over; what it tells is told by the next one as well.
      return
    }
  }

  private enum Answer {
    case granted(isProbe: Bool)
    case open
    case empty(Duration)
  }

  private func ask(_ key: PressureKey, _ bucket: QuotaBucket) async throws(RDStationError)
    -> Answer
  {
    let unused = known[key]?.permits ?? 0
    let answered = known[key]?.answered ?? 0
    known[key] = Known(until: .now)
    var statements = [
      BreakerRows.asking(key),
      QuotaRows.taking(Self.block, returning: unused, of: key, bucket),
    ]
    if answered > 0 { statements.append(BreakerRows.answered(answered, key)) }
    do {
      let rows = try await pool.run(statements)
      let isOpen = try rows[0].first?.bool(0) ?? false
      let mayProbe = try rows[0].first?.bool(1) ?? false
      let granted = try rows[1][0].int(0)
      let wait = Duration.milliseconds(max(1, try rows[1][0].int(1)))
      let isGranted = granted > 0 && (!isOpen || mayProbe)
      // While it is open the others of the block only wait to be given back.
      known[key, default: Known(until: .now)].permits += granted - (isGranted ? 1 : 0)
      known[key]?.until = isOpen ? .now : .now + Self.staleness
      if isGranted { return .granted(isProbe: isOpen) }
      return isOpen ? .open : .empty(wait)
    } catch {
      // Whether there is room cannot be told, and a call too many is worse than one later.
      throw RDStationError(.heldBack(.seconds(5)), underlying: error)
    }
  }
}
