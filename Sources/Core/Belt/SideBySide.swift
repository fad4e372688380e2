/// Serves groups beside each other, so that one whose calls hang holds up none of the others.
///
/// - Parameters:
///   - groups: Such as the messages of each integration.
///   - bound: Groups served at once.
///   - serve: Gets one group.
/// - Returns: What was made of each, in no order.
package func sideBySide<Key: Sendable, Item: Sendable, Served: Sendable>(
  _ groups: [Key: [Item]],
  atOnce bound: Int = 16,
  _ serve: @escaping @Sendable (Key, [Item]) async -> Served
) async -> [Served] {
  await withTaskGroup(of: Served.self) { group in
    var all: [Served] = []
    var running = 0
    for (key, items) in groups {
      if running >= bound, let served = await group.next() {
        all.append(served)
        running -= 1
      }
      group.addTask { await serve(key, items) }
      running += 1
    }
    for await served in group { all.append(served) }
    return all
  }
}

/// What some work comes to; nil when `end` comes first, and then the work is cancelled.
///
/// Returns when the work has ended, so that it has to heed its cancellation.
package func inTime<Answer: Sendable>(
  before end: ContinuousClock.Instant,
  _ work: @escaping @Sendable () async -> Answer
) async -> Answer? {
  guard ContinuousClock.now < end else { return nil }
  return await withTaskGroup(of: Answer?.self) { group in
    group.addTask { await work() }
    group.addTask {
      _ = await Pause.real.pause(for: end - .now)
      return nil
    }
    defer { group.cancelAll() }
    return await group.next() ?? nil
  }
}
