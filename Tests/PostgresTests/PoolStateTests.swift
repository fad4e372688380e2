import Testing

@testable import Postgres

@Suite struct PoolStateTests {
  private let start = ContinuousClock.now

  private func state(size: Int) -> PoolState {
    PoolState(PoolState.Limits(size: size, checkAfterIdle: .seconds(30)))
  }

  private func at(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

  /// A pool whose connections are all lent; the slots in order.
  private func lentOut(size: Int) -> (PoolState, slots: [Int]) {
    var pool = state(size: size)
    var slots: [Int] = []
    for _ in 0..<size {
      let (_, actions) = pool.wait(until: at(10), again: false, now: start)
      guard case .grant(_, .open(let slot)) = actions.first else { continue }
      pool.opened(slot, until: at(1800))
      slots.append(slot)
    }
    return (pool, slots)
  }

  @Test func `callers are served in order of arrival`() {
    var (pool, slots) = lentOut(size: 1)
    let first = pool.wait(until: at(10), again: false, now: at(1)).waiter
    let second = pool.wait(until: at(10), again: false, now: at(2)).waiter
    let lease = PoolState.Grant.lease(slot: slots[0], check: false)
    #expect(
      pool.giveBack(slots[0], usable: true, now: at(3)).actions == [.grant(waiter: first, lease)]
    )
    #expect(
      pool.giveBack(slots[0], usable: true, now: at(4)).actions == [.grant(waiter: second, lease)]
    )
  }

  @Test func `a newcomer does not pass those who wait`() {
    var (pool, slots) = lentOut(size: 1)
    let early = pool.wait(until: at(10), again: false, now: at(1)).waiter
    let (_, actions) = pool.wait(until: at(10), again: false, now: at(1))
    #expect(actions.isEmpty)
    let given = pool.giveBack(slots[0], usable: true, now: at(2)).actions
    #expect(given == [.grant(waiter: early, .lease(slot: slots[0], check: false))])
  }

  @Test func `who got a dead connection goes to the head of the queue`() {
    var (pool, slots) = lentOut(size: 2)
    _ = pool.wait(until: at(10), again: false, now: at(1))
    let unlucky = pool.wait(until: at(10), again: true, now: at(1)).waiter
    let given = pool.giveBack(slots[0], usable: true, now: at(2)).actions
    #expect(given == [.grant(waiter: unlucky, .lease(slot: slots[0], check: false))])
  }

  @Test func `a caller whose time is over is refused, the others stay`() {
    var (pool, _) = lentOut(size: 1)
    let short = pool.wait(until: at(5), again: false, now: at(1)).waiter
    let long = pool.wait(until: at(9), again: false, now: at(1)).waiter
    #expect(pool.wakeUp(for: short, now: at(1)) == at(5))
    #expect(pool.advance(now: at(5)) == [.grant(waiter: short, .refuse(.exhausted))])
    #expect(pool.wakeUp(for: short, now: at(5)) == nil)
    #expect(pool.wakeUp(for: long, now: at(5)) == at(9))
  }

  @Test func `a cancelled caller leaves the queue`() {
    var (pool, slots) = lentOut(size: 1)
    let gone = pool.wait(until: at(10), again: false, now: at(1)).waiter
    let next = pool.wait(until: at(10), again: false, now: at(1)).waiter
    #expect(pool.cancel(gone) == [.grant(waiter: gone, .refuse(.cancelled))])
    #expect(pool.cancel(gone).isEmpty)
    let given = pool.giveBack(slots[0], usable: true, now: at(2)).actions
    #expect(given == [.grant(waiter: next, .lease(slot: slots[0], check: false))])
  }

  @Test func `after a long rest a connection is checked first`() {
    var (pool, slots) = lentOut(size: 1)
    _ = pool.giveBack(slots[0], usable: true, now: at(0))
    let (waiter, actions) = pool.wait(until: at(99), again: false, now: at(31))
    #expect(actions == [.grant(waiter: waiter, .lease(slot: slots[0], check: true))])
  }

  @Test func `the connection used last is lent first`() {
    var (pool, slots) = lentOut(size: 2)
    _ = pool.giveBack(slots[0], usable: true, now: at(1))
    _ = pool.giveBack(slots[1], usable: true, now: at(2))
    let (waiter, actions) = pool.wait(until: at(9), again: false, now: at(3))
    #expect(actions == [.grant(waiter: waiter, .lease(slot: slots[1], check: false))])
  }

  @Test func `a connection past its lifetime is not lent again`() {
    var (pool, slots) = lentOut(size: 2)
    _ = pool.giveBack(slots[0], usable: true, now: at(1))
    #expect(pool.giveBack(slots[1], usable: true, now: at(1800)).keep == false)
    #expect(pool.advance(now: at(1800)).isEmpty)
    #expect(pool.counts.open == 0)
  }

  @Test func `an idle connection past its lifetime is closed without being asked for`() {
    var (pool, slots) = lentOut(size: 1)
    _ = pool.giveBack(slots[0], usable: true, now: at(1))
    #expect(pool.advance(now: at(1799)).isEmpty)
    #expect(pool.advance(now: at(1800)) == [.close(slot: slots[0])])
  }

  @Test func `a broken connection makes room for the next caller`() {
    var (pool, slots) = lentOut(size: 1)
    let waiter = pool.wait(until: at(10), again: false, now: at(1)).waiter
    let (keep, actions) = pool.giveBack(slots[0], usable: false, now: at(2))
    #expect(!keep)
    guard case .grant(waiter, .open(let slot)) = actions.first else {
      Issue.record("\(actions)")
      return
    }
    #expect(slot != slots[0])
  }

  @Test func `while connecting fails one tries at a time, after growing pauses`() {
    var pool = state(size: 4)
    var now = start
    var slot = 0
    let (_, first) = pool.wait(until: at(1000), again: false, now: now)
    if case .grant(_, .open(let opened)) = first.first { slot = opened }
    _ = pool.failed(slot, now: now, jitter: 1)
    #expect(!pool.isHealthy)
    var pauses: [Duration] = []
    let waiter = pool.wait(until: at(1000), again: false, now: now).waiter
    _ = pool.wait(until: at(1000), again: false, now: now)
    guard var next = pool.wakeUp(for: waiter, now: now) else {
      Issue.record("nobody waits")
      return
    }
    for _ in 0..<10 {
      pauses.append(now.duration(to: next))
      #expect(pool.advance(now: next - .milliseconds(1)).isEmpty)
      now = next
      let actions = pool.advance(now: now)
      #expect(actions.count == 1)
      guard case .grant(_, .open(let opened)) = actions.first else {
        Issue.record("\(actions)")
        return
      }
      let (again, none) = pool.wait(until: at(1000), again: true, now: now)
      #expect(none.isEmpty)
      _ = pool.failed(opened, now: now, jitter: 1)
      next = pool.wakeUp(for: again, now: now) ?? now
    }
    #expect(
      pauses.prefix(4) == [
        .milliseconds(50), .milliseconds(100), .milliseconds(200), .milliseconds(400),
      ]
    )
    #expect(pauses.last == .seconds(5))
  }

  @Test func `jitter at most halves the pause`() {
    var pool = state(size: 1)
    let (_, actions) = pool.wait(until: at(10), again: false, now: start)
    guard case .grant(_, .open(let slot)) = actions.first else { return }
    _ = pool.failed(slot, now: start, jitter: 0)
    let waiter = pool.wait(until: at(10), again: true, now: start).waiter
    #expect(pool.wakeUp(for: waiter, now: start) == start + .milliseconds(25))
  }

  @Test func `a success ends the caution`() {
    var pool = state(size: 3)
    let (_, actions) = pool.wait(until: at(10), again: false, now: start)
    guard case .grant(_, .open(let slot)) = actions.first else { return }
    _ = pool.failed(slot, now: start, jitter: 1)
    let waiters = (0..<3).map { _ in pool.wait(until: at(10), again: false, now: start).waiter }
    guard case .grant(waiters[0], .open(let probe)) = pool.advance(now: at(1)).first else {
      Issue.record("no attempt")
      return
    }
    pool.opened(probe, until: at(1800))
    #expect(pool.advance(now: at(1)).count == 2)
    #expect(pool.isHealthy)
  }

  @Test func `after a change of roles no older connection is kept`() {
    var (pool, slots) = lentOut(size: 2)
    _ = pool.giveBack(slots[0], usable: true, now: at(1))
    #expect(pool.renew(now: at(2)) == [.close(slot: slots[0])])
    #expect(!pool.giveBack(slots[1], usable: true, now: at(3)).keep)
  }

  @Test func `a shutdown refuses who waits and lasts until all leases end`() {
    var (pool, slots) = lentOut(size: 2)
    let waiter = pool.wait(until: at(10), again: false, now: at(1)).waiter
    #expect(pool.shutDown() == [.grant(waiter: waiter, .refuse(.shuttingDown))])
    #expect(!pool.giveBack(slots[0], usable: true, now: at(2)).keep)
    #expect(!pool.isDrained)
    let (late, actions) = pool.wait(until: at(10), again: false, now: at(3))
    #expect(actions == [.grant(waiter: late, .refuse(.shuttingDown))])
    #expect(!pool.giveBack(slots[1], usable: true, now: at(4)).keep)
    #expect(pool.isDrained)
  }

  @Test func `a shutdown closes what is idle`() {
    var (pool, slots) = lentOut(size: 1)
    _ = pool.giveBack(slots[0], usable: true, now: at(1))
    #expect(pool.shutDown() == [.close(slot: slots[0])])
    #expect(pool.isDrained)
  }
}
