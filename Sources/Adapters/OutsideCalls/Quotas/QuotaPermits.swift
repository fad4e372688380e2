package import Belt
package import Postgres

/// Permits for calls to one system, from the quota and the breaker that the fleet shares.
///
/// One statement takes a permit for each call that waits for one, and a few more, which are then used
/// without asking: a healthy API costs no round trip a call, and calls beside each other cost one together.
/// What this process knows is therefore at most ``staleness`` old, and a breaker that opened or a window
/// that closed elsewhere lets through at most those few more calls of it, or as many as it takes to be told
/// so by an answer of its own. Permits that were not used by then go back with the next question. When the
/// database cannot be asked, no call is made.
package actor QuotaPermits: CallPermits {
  /// Callers that one question is asked for.
  static let callersMax = 64
  static let staleness = Duration.seconds(5)
  /// How long a caller is kept for a permit that will be there; longer waits are told.
  ///
  /// Short enough to hold a delivery meanwhile; what arrives in it shares the next call.
  static let patience = Duration.milliseconds(600)
  /// A longer silence that is asked for is kept, and asked about again after that.
  static let silenceMax = Duration.seconds(3600)

  private struct Known {
    var permits = 0
    var until = ContinuousClock.now
    /// How often an answer of the system has said that this is not sure any more.
    var doubts = 0
    /// Answered calls that the breaker has not been told of.
    var answered = 0
    /// Those that wait for the answer to the next question.
    var waiting: [CheckedContinuation<Answer, Never>] = []
    var isAsking = false
  }

  private enum Answer {
    case granted(isProbe: Bool)
    case open
    case empty(Duration)
    case unasked(any Error)
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
      switch await answer(key, bucket(quota)) {
      case .granted(let isProbe): return CallPermit(quota, of: integration, isProbe: isProbe)
      case .open: throw NoPermit(.heldBack(.seconds(5)))
      // Whether there is room cannot be told, and a call too many is worse than one later.
      case .unasked(let error): throw NoPermit(.heldBack(.seconds(5)), underlying: error)
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
      doubt(key)
      statement = BreakerRows.failed(key, after: answered)
    case .limited(let pause):
      doubt(key)
      let silence = min(pause, Self.silenceMax)
      statement = QuotaRows.closing(key, milliseconds: Int(silence / .milliseconds(1)))
    case .cancelled: return
    case .unused:
      // For the next call, or to be given back; a probe's turn comes round by itself.
      known[key, default: Known()].permits += 1
      return
    }
    do {
      _ = try await pool.run(statement)
    } catch {
      // The call is over; what it tells is told by the next one as well.
      return
    }
  }

  /// What was taken before is no longer sure, nor what a question brings that is on its way: ask before
  /// the next call.
  private func doubt(_ key: PressureKey) {
    known[key]?.until = .now
    known[key]?.doubts += 1
  }

  /// From what is known, or with the others that ask meanwhile.
  private func answer(_ key: PressureKey, _ bucket: QuotaBucket) async -> Answer {
    if let own = known[key], own.permits > 0, own.until > .now {
      known[key]?.permits -= 1
      return .granted(isProbe: false)
    }
    return await withCheckedContinuation { caller in
      known[key, default: Known()].waiting.append(caller)
      guard known[key]?.isAsking == false else { return }
      known[key]?.isAsking = true
      Task { await askForAll(key, bucket) }
    }
  }

  /// Asks until nobody waits; one question is on its way at a time.
  private func askForAll(_ key: PressureKey, _ bucket: QuotaBucket) async {
    while let callers = known[key]?.waiting.prefix(Self.callersMax), !callers.isEmpty {
      known[key]?.waiting.removeFirst(callers.count)
      let answers = await ask(for: callers.count, key, bucket)
      for (caller, answer) in zip(callers, answers) { caller.resume(returning: answer) }
    }
    known[key]?.isAsking = false
  }

  /// Returns an answer for each caller.
  private func ask(for callers: Int, _ key: PressureKey, _ bucket: QuotaBucket) async -> [Answer] {
    let unused = known[key]?.permits ?? 0
    let answered = known[key]?.answered ?? 0
    let doubts = known[key]?.doubts
    known[key]?.permits = 0
    known[key]?.answered = 0
    do {
      let taking = QuotaRows.taking(max(callers, bucket.block), returning: unused, of: key, bucket)
      let row = try await pool.run(
        """
        with probe as (\(BreakerRows.probing(key))),
          counted as (\(BreakerRows.answered(answered, key))), taken as (\(taking))
        select coalesce(b.state <> 'closed', false) as is_open,
          exists (select from probe) as may_probe, t.granted, t.wait
        from taken t
        left join breaker b on b.integration_id = \(key.integration) and b.api = \(key.api)
        """
      )[0]
      let isOpen = try row.bool("is_open")
      let mayProbe = try row.bool("may_probe")
      let granted = try row.int("granted")
      let wait = Duration.milliseconds(max(1, try row.int("wait")))
      // While it is open there is one probe, and the others only wait to be given back.
      let used = isOpen ? min(mayProbe ? 1 : 0, granted) : min(callers, granted)
      known[key]?.permits += granted - used
      let isSure = !isOpen && known[key]?.doubts == doubts
      known[key]?.until = isSure ? .now + Self.staleness : .now
      return (0..<callers).map { caller in
        if caller < used { return .granted(isProbe: isOpen) }
        return isOpen ? .open : .empty(wait)
      }
    } catch {
      return Array(repeating: .unasked(error), count: callers)
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

  /// Permits that a process takes at once, at most: few of those that all share.
  var block: Int { max(4, min(32, Int(burst / 64))) }
}
