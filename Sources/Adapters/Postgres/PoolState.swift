/// The policy of the pool: who gets which connection when, without clock, lock or socket.
///
/// Callers wait in order of arrival. A connection is opened by the caller it is meant for; while
/// opening fails, one attempt at a time is made, after growing pauses, and the others wait. Every
/// method that can free something returns what now is to be done.
struct PoolState {
  typealias Instant = ContinuousClock.Instant

  struct Limits {
    var size: Int
    var checkAfterIdle: Duration
    var backoffMin = Duration.milliseconds(50)
    var backoffMax = Duration.seconds(5)
  }

  enum Grant: Equatable {
    /// An open connection. With `check`, ask the server first whether it still stands.
    case lease(slot: Int, check: Bool)
    /// Open a connection for this slot, then report ``PoolState/opened(_:until:)`` or
    /// ``PoolState/failed(_:now:jitter:)``.
    case open(slot: Int)
    case refuse(Refusal)
  }

  enum Refusal: Equatable { case exhausted, cancelled, shuttingDown }

  enum Action: Equatable {
    case grant(waiter: Int, Grant)
    /// Forget this idle connection.
    case close(slot: Int)
  }

  private enum Slot {
    case opening
    case leased(expires: Instant)
    case idle(since: Instant, expires: Instant)
  }

  private struct Waiter {
    var id: Int
    var deadline: Instant
  }

  private let limits: Limits
  private var slots: [Int: Slot] = [:]
  // The last one is lent next, so that those not needed grow old.
  private var idle: [Int] = []
  private var waiters: [Waiter] = []
  private var lastID = 0
  private var failures = 0
  private var blockedUntil: Instant?
  // Connections with a lower number are not to be kept.
  private var firstWelcome = 0
  private(set) var isShuttingDown = false

  init(_ limits: Limits) { self.limits = limits }

  /// Whether connections could be opened, when last tried.
  var isHealthy: Bool { failures == 0 && !isShuttingDown }
  /// Whether a shutdown has nothing more to wait for.
  var isDrained: Bool { isShuttingDown && slots.isEmpty }
  var counts: PoolCounts {
    PoolCounts(open: slots.count, idle: idle.count, waiting: waiters.count)
  }

  /// Lets a caller wait; the answer may be among the actions already.
  ///
  /// With `again` the caller was granted something before that proved to be of no use, and goes to
  /// the head of the queue.
  mutating func wait(
    until deadline: Instant,
    again: Bool,
    now: Instant
  ) -> (waiter: Int, actions: [Action]) {
    lastID += 1
    let waiter = Waiter(id: lastID, deadline: deadline)
    if again { waiters.insert(waiter, at: 0) } else { waiters.append(waiter) }
    return (waiter.id, advance(now: now))
  }

  /// A caller has lost interest.
  mutating func cancel(_ waiter: Int) -> [Action] {
    guard let index = waiters.firstIndex(where: { $0.id == waiter }) else { return [] }
    waiters.remove(at: index)
    return [.grant(waiter: waiter, .refuse(.cancelled))]
  }

  /// When this caller, still waiting, should have the pool look again; nil when it has its answer.
  func wakeUp(for waiter: Int, now: Instant) -> Instant? {
    guard let waiter = waiters.first(where: { $0.id == waiter }) else { return nil }
    guard let blockedUntil, blockedUntil > now else { return waiter.deadline }
    return min(blockedUntil, waiter.deadline)
  }

  /// The caller has opened its connection and keeps it as a lease.
  mutating func opened(_ slot: Int, until expires: Instant) {
    failures = 0
    blockedUntil = nil
    slots[slot] = .leased(expires: expires)
  }

  /// The caller could not open a connection.
  ///
  /// The jitter, 0 to 1, spreads the next attempts of many processes.
  mutating func failed(_ slot: Int, now: Instant, jitter: Double) -> [Action] {
    slots[slot] = nil
    let doublings = min(failures, 16)
    failures += 1
    let pause = min(limits.backoffMax, limits.backoffMin * (1 << doublings))
    blockedUntil = now + pause * (0.5 + jitter / 2)
    return advance(now: now)
  }

  /// A lease ends.
  ///
  /// A connection that is not usable any more, or too old, makes room for another.
  ///
  /// - Returns: `keep` tells whether the connection stays.
  mutating func giveBack(
    _ slot: Int,
    usable: Bool,
    now: Instant
  ) -> (keep: Bool, actions: [Action]) {
    guard case .leased(let expires) = slots[slot] else { return (false, []) }
    let keep = usable && !isShuttingDown && expires > now && slot >= firstWelcome
    if keep {
      slots[slot] = .idle(since: now, expires: expires)
      idle.append(slot)
    } else {
      slots[slot] = nil
    }
    return (keep, advance(now: now))
  }

  /// No connection opened until now is to be kept: the server has changed its role.
  mutating func renew(now: Instant) -> [Action] {
    firstWelcome = lastID + 1
    return closeIdle { _ in true } + advance(now: now)
  }

  /// Refuses all who wait or come from now on; leases run to their end.
  mutating func shutDown() -> [Action] {
    isShuttingDown = true
    let refused = waiters.map { Action.grant(waiter: $0.id, .refuse(.shuttingDown)) }
    waiters.removeAll()
    return refused + closeIdle { _ in true }
  }

  /// Matches those who wait with what is free, the longest waiting first.
  mutating func advance(now: Instant) -> [Action] {
    if isShuttingDown { return shutDown() }
    var actions = closeIdle { $0 <= now }
    while let waiter = waiters.first {
      guard let grant = lendIdle(now: now, &actions) ?? openNext(now: now) else { break }
      waiters.removeFirst()
      actions.append(.grant(waiter: waiter.id, grant))
    }
    let late = waiters.filter { $0.deadline <= now }
    waiters.removeAll { $0.deadline <= now }
    return actions + late.map { .grant(waiter: $0.id, .refuse(.exhausted)) }
  }

  private mutating func lendIdle(now: Instant, _ actions: inout [Action]) -> Grant? {
    while let slot = idle.popLast() {
      guard case .idle(let since, let expires) = slots[slot] else { continue }
      guard expires > now else {
        slots[slot] = nil
        actions.append(.close(slot: slot))
        continue
      }
      slots[slot] = .leased(expires: expires)
      return .lease(slot: slot, check: since.duration(to: now) > limits.checkAfterIdle)
    }
    return nil
  }

  private mutating func openNext(now: Instant) -> Grant? {
    guard slots.count < limits.size else { return nil }
    if let blockedUntil, blockedUntil > now { return nil }
    if failures > 0, slots.values.contains(where: { if case .opening = $0 { true } else { false } })
    {
      return nil
    }
    lastID += 1
    slots[lastID] = .opening
    return .open(slot: lastID)
  }

  private mutating func closeIdle(where isDue: (Instant) -> Bool) -> [Action] {
    var actions: [Action] = []
    idle.removeAll { slot in
      guard case .idle(_, let expires) = slots[slot], isDue(expires) else { return false }
      slots[slot] = nil
      actions.append(.close(slot: slot))
      return true
    }
    return actions
  }
}

/// How busy a pool is at one moment.
package struct PoolCounts: Sendable, Equatable {
  /// Idle, lent, and being opened.
  package var open: Int
  package var idle: Int
  /// Callers without a connection.
  package var waiting: Int
}
