package import Belt
package import Postgres

/// Permits for calls to one system, from the quota and the breaker that the fleet shares.
///
/// One round trip takes a few permits, which are then used without asking: a healthy API costs no
/// round trip a call. What this process knows is therefore at most ``staleness`` old, and a breaker
/// that opened or a window that closed elsewhere lets through at most ``block`` more calls of it.
/// Permits that were not used by then go back with the next question. When the database cannot be asked, no
/// call is made.
package actor QuotaPermits: CallPermits {
  /// Permits taken at once, at most.
  static let block = 4
  static let staleness = Duration.seconds(1)
  /// How long a caller is kept for a permit that will be there; longer waits are told.
  ///
  /// Short enough to hold a delivery meanwhile; what arrives in it shares the next call.
  static let patience = Duration.milliseconds(600)
  /// A longer silence that is asked for is kept, and asked about again after that.
  static let silenceMax = Duration.seconds(3600)

  private struct Known {
    var permits = 0
    var until: ContinuousClock.Instant
    /// Answered calls that the breaker has not been told of.
    var answered = 0
  }

  private let pool: PostgresPool
  private let bucket: @Sendable (Quota) -> QuotaBucket
  private let pause: Pause
  private var known: [PressureKey: Known] = [:]

  /// `bucket`: what each quota grants.
  package init(
    pool: PostgresPool,
    pause: Pause = .real,
    bucket: @escaping @Sendable (Quota) -> QuotaBucket
  ) {
    self.pool = pool
    self.bucket = bucket
    self.pause = pause
  }

  package func permit(_ quota: Quota, of integration: String) async throws(NoPermit) -> CallPermit {
    let key = PressureKey(integration: integration, api: quota.name)
    var waited = Duration.zero
    while true {
      if let own = known[key], own.permits > 0, own.until > .now {
        known[key]?.permits -= 1
        return CallPermit(quota, of: integration)
      }
      switch try await ask(key, bucket(quota)) {
      case .granted(let isProbe): return CallPermit(quota, of: integration, isProbe: isProbe)
      case .open: throw NoPermit(.heldBack(.seconds(5)))
      case .empty(let wait):
        guard waited + wait <= Self.patience, await pause.pause(for: wait) else {
          throw NoPermit(.limited(wait))
        }
        waited += wait
      }
    }
  }

  package func ended(_ permit: CallPermit, _ ending: CallPermit.Ending) async {
    let key = PressureKey(integration: permit.integration, api: permit.quota.name)
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

  private func ask(_ key: PressureKey, _ bucket: QuotaBucket) async throws(NoPermit)
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
      throw NoPermit(.heldBack(.seconds(5)), underlying: error)
    }
  }
}

/// A token bucket: what it gains a second, and the most that it saves, in calls.
package struct QuotaBucket: Sendable, Hashable {
  package let perSecond: Double
  package let burst: Double

  /// One that in no minute lets through more than the limit: what it refills in a minute and what it can
  /// have saved together stay below it.
  package init(callsPerMinute limit: Double) {
    perSecond = limit * 0.9 / 60
    burst = max(1, limit / 12)
  }
}
