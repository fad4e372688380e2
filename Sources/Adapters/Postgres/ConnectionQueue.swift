internal import Logging
private import Synchronization

/// Where callers get connections and leave them: carries out what ``PoolState`` decides.
final class ConnectionQueue: Sendable {
  /// A connection in a caller's hands, until it is given back.
  struct Lease {
    fileprivate var slot: Int
    /// Whether it has rested so long that the server should be asked if the session still stands.
    var check: Bool
    var connection: PostgresConnection
  }

  private struct Shared {
    var policy: PoolState
    var connections: [Int: PostgresConnection] = [:]
    var parked: [Int: CheckedContinuation<PoolState.Grant, Never>] = [:]
    // Answers that came before their waiter had parked.
    var granted: [Int: PoolState.Grant] = [:]
    var draining: [CheckedContinuation<Void, Never>] = []
    var lastConnectError: PostgresError?
  }

  private let options: PostgresOptions
  private let logger: Logger
  private let shared: Mutex<Shared>

  init(_ options: PostgresOptions, logger: Logger) {
    self.options = options
    self.logger = logger
    let limits = PoolState.Limits(size: options.size, checkAfterIdle: options.checkAfterIdle)
    shared = Mutex(Shared(policy: PoolState(limits)))
  }

  var isHealthy: Bool { shared.withLock { $0.policy.isHealthy } }
  var counts: PoolCounts { shared.withLock { $0.policy.counts } }

  /// A connection, once it is this caller's turn.
  ///
  /// With `again` the caller had one before that proved to be of no use, and goes to the head of
  /// the queue. Throws `.cancelled`, `.shuttingDown`, and at the deadline `.poolExhausted`, or
  /// `.connect` when the last attempt to open one failed.
  func acquire(
    by deadline: ContinuousClock.Instant,
    again: Bool = false
  ) async throws(PostgresError) -> Lease {
    if Task.isCancelled { throw .cancelled }
    var again = again
    while true {
      switch await grant(by: deadline, again: again) {
      case .lease(let slot, let check):
        guard let connection = shared.withLock({ $0.connections[slot] }) else {
          preconditionFailure("slot \(slot) was lent without a connection")
        }
        return Lease(slot: slot, check: check, connection: connection)
      case .open(let slot):
        if let connection = await open(slot) {
          return Lease(slot: slot, check: false, connection: connection)
        }
        again = true
      case .refuse(.cancelled): throw .cancelled
      case .refuse(.shuttingDown): throw .shuttingDown
      case .refuse(.exhausted): throw shared.withLock { $0.lastConnectError } ?? .poolExhausted
      }
    }
  }

  /// Ends a lease.
  func giveBack(_ lease: Lease, usable: Bool) {
    update { shared in
      let (keep, actions) = shared.policy.giveBack(lease.slot, usable: usable, now: .now)
      if !keep { shared.connections[lease.slot] = nil }
      return actions
    }
  }

  /// Replaces every connection that there is now: idle ones at once, lent ones when they come back.
  func renew() { update { $0.policy.renew(now: .now) } }

  /// Closes what has grown old while idle.
  func closeExpired() { update { $0.policy.advance(now: .now) } }

  /// Refuses callers from now on; does not wait.
  func beginShutdown() { update { $0.policy.shutDown() } }

  /// Refuses callers from now on, and closes what is idle before it returns.
  func closeIdle() async {
    let idle = shared.withLock { shared in
      let actions = shared.policy.shutDown()
      return Self.settle(actions, &shared)
    }
    for connection in idle { await connection.close() }
  }

  /// Waits for the end of a shutdown.
  func drained() async {
    await withCheckedContinuation { continuation in
      update { shared in
        shared.draining.append(continuation)
        return []
      }
    }
  }
}

// MARK: Waiting and opening

extension ConnectionQueue {
  private func open(_ slot: Int) async -> PostgresConnection? {
    let connection = PostgresConnection(options: options, logger: logger)
    do throws(PostgresError) {
      try await connection.open()
    } catch {
      logger.debug("cannot connect to the database", metadata: ["error": "\(error)"])
      update { shared in
        shared.lastConnectError = error
        return shared.policy.failed(slot, now: .now, jitter: .random(in: 0...1))
      }
      return nil
    }
    let lifetime = options.lifetime * Double.random(in: 0.9...1)
    update { shared in
      shared.lastConnectError = nil
      shared.connections[slot] = connection
      shared.policy.opened(slot, until: .now + lifetime)
      return []
    }
    return connection
  }

  private func grant(by deadline: ContinuousClock.Instant, again: Bool) async -> PoolState.Grant {
    let (granted, waiter) = register(by: deadline, again: again)
    if let granted { return granted }
    return await withTaskCancellationHandler {
      await withTaskGroup { group in
        group.addTask { await self.watch(waiter) }
        let grant = await self.park(waiter)
        group.cancelAll()
        return grant
      }
    } onCancel: {
      update { $0.policy.cancel(waiter) }
    }
  }

  private func register(
    by deadline: ContinuousClock.Instant,
    again: Bool
  ) -> (PoolState.Grant?, waiter: Int) {
    let (result, closed) = shared.withLock { shared in
      let (waiter, actions) = shared.policy.wait(until: deadline, again: again, now: .now)
      let closed = Self.settle(actions, &shared)
      return ((shared.granted.removeValue(forKey: waiter), waiter), closed)
    }
    // Released here, after the lock.
    withExtendedLifetime(closed) {}
    return result
  }

  private func park(_ waiter: Int) async -> PoolState.Grant {
    await withCheckedContinuation { continuation in
      let granted = shared.withLock { shared in
        let granted = shared.granted.removeValue(forKey: waiter)
        if granted == nil { shared.parked[waiter] = continuation }
        return granted
      }
      if let granted { continuation.resume(returning: granted) }
    }
  }

  // Looks again when the pause after a failed attempt ends, and at the waiter's own deadline.
  private func watch(_ waiter: Int) async {
    while let next = shared.withLock({ $0.policy.wakeUp(for: waiter, now: .now) }) {
      do {
        try await Task.sleep(until: next, clock: .continuous)
      } catch {
        // Cancelled: the waiter has its answer.
        return
      }
      update { $0.policy.advance(now: .now) }
    }
  }

  private func update(_ change: (inout Shared) -> [PoolState.Action]) {
    let closed = shared.withLock { shared in
      let actions = change(&shared)
      return Self.settle(actions, &shared)
    }
    // The last references: the connections close themselves, on their threads, after the lock.
    withExtendedLifetime(closed) {}
  }

  /// Carries out what the policy decided; returns the connections to be given up.
  private static func settle(
    _ actions: [PoolState.Action],
    _ shared: inout Shared
  ) -> [PostgresConnection] {
    var closed: [PostgresConnection] = []
    for action in actions {
      switch action {
      case .close(let slot):
        if let connection = shared.connections.removeValue(forKey: slot) {
          closed.append(connection)
        }
      case .grant(let waiter, let grant):
        if let continuation = shared.parked.removeValue(forKey: waiter) {
          continuation.resume(returning: grant)
        } else {
          shared.granted[waiter] = grant
        }
      }
    }
    if shared.policy.isDrained {
      for continuation in shared.draining { continuation.resume() }
      shared.draining.removeAll()
    }
    return closed
  }
}
