import Logging

/// Publishes what follows from deliveries and acknowledges each as soon as the broker has all of it.
///
/// Only what failed is published again. While the broker takes nothing, the lane waits; what one queue
/// or exchange refuses is set aside and tried again beside the lanes, so that a full or missing queue
/// holds up only what must go there.
struct Finishing: Sendable {
  /// The longest wait between two tries of what is set aside, in seconds.
  ///
  /// Publishing to a missing exchange costs the connection, so it is not done all the time.
  private static let asidePauseMax = 30

  let queue: any WorkQueue
  let pause: Pause
  let progress: WorkerProgress
  let logger: Logger
  private let aside: SetAside

  init(queue: any WorkQueue, pause: Pause, progress: WorkerProgress, logger: Logger) {
    self.queue = queue
    self.pause = pause
    self.progress = progress
    self.logger = logger
    aside = SetAside(progress: progress)
  }

  /// Returns once each delivery is acknowledged, set aside, or given back because the process stops.
  func finish(_ deliveries: [Owed]) async {
    var owed = deliveries
    var waits = 0
    while true {
      await publish(&owed)
      let refused = owed.filter(\.isRefused)
      if !refused.isEmpty {
        log("set aside", refused, waits: waits)
        await aside.add(refused)
        owed.removeAll(where: \.isRefused)
      }
      guard !owed.isEmpty else { return }
      // What was committed is committed; until the broker has what follows, the delivery stays ours.
      progress.waits(for: owed.flatMap(\.failures).first { $0.extent == .everything }?.reason)
      log("publishing again", owed, waits: waits)
      waits += 1
      guard await pause.pause(beforeAttempt: waits) else {
        await queue.giveBack(owed.flatMap(\.deliveries))
        return
      }
    }
  }

  /// Tries what is set aside again and again, until ``close()`` or the task is cancelled; what is left
  /// then is given back.
  func tryAsideAgain() async {
    var waits = 0
    while await aside.isFilled(), !Task.isCancelled {
      let seconds = min(Self.asidePauseMax, 1 << min(waits, 5))
      guard await pause.pause(for: .seconds(seconds)), !Task.isCancelled else { break }
      var owed = await aside.takeAll()
      let before = owed.count
      // What one destination does to the connection must not take the others with it.
      for target in owed.targets { await publish(&owed, to: target) }
      waits = owed.count < before ? 0 : waits + 1
      if owed.isEmpty { logger.info("nothing is set aside any more") }
      await aside.keep(owed)
    }
    let left = await aside.takeAll().flatMap(\.deliveries)
    if !left.isEmpty { await queue.giveBack(left) }
  }

  func close() async { await aside.close() }

  /// Publishes once, and acknowledges the deliveries to which nothing is owed any more.
  ///
  /// `target`: the only one to which to publish; nil means to all at once.
  private func publish(_ owed: inout [Owed], to target: Owed.Target? = nil) async {
    let outgoing = owed.outgoing(to: target)
    let results = outgoing.isEmpty ? [] : await queue.publish(outgoing)
    let settled = owed.note(results, of: target)
    guard !settled.isEmpty else { return }
    progress.moved()
    await queue.acknowledge(settled)
  }

  private func log(_ message: Logger.Message, _ owed: [Owed], waits: Int) {
    let reasons = Set(owed.flatMap(\.failures).map(\.reason.sentence)).sorted()
    logger.warning(
      message,
      metadata: [
        "reason": "\(reasons.joined(separator: " "))", "deliveries": "\(owed.count)",
        "waits": "\(waits)",
      ]
    )
  }
}
