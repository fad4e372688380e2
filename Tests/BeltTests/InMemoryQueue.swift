import Synchronization
import Belt

/// A queue in memory that keeps what it was told.
final class InMemoryQueue: WorkQueue {
  struct Told: Sendable {
    var waiting: [[Delivery]]
    var published: [Outgoing] = []
    /// By the order of the calls, with what was refused.
    var asked: [[Outgoing]] = []
    var acknowledged: [Int] = []
    var givenBack: [Int] = []
    var failuresToCome = 0
    /// How many messages each stage's queue, and `parking`, does not take yet.
    var refusalsToCome: [String: Int] = [:]
    /// How often a call that goes to a stage closes the connection, so that nothing of it is taken.
    var closuresToCome: [String: Int] = [:]
    var delivered = 0
    var drained: [CheckedContinuation<Void, Never>] = []
  }

  let told: Mutex<Told>
  private let endsWhenSettled: Bool

  /// - Parameters:
  ///   - batches: Delivered one after another; then the queue is drained.
  ///   - times: How often nothing can be published.
  ///   - refusals: How many messages a destination refuses, by the name of the stage or `parking`.
  ///   - redelivered: Whether all come for another time.
  ///   - endsWhenSettled: Whether it is drained only when all are acknowledged.
  ///   - closures: How often a call is refused whole for what goes to a destination.
  init(
    _ batches: [[Message]],
    failingToPublish times: Int = 0,
    refusing refusals: [String: Int] = [:],
    redelivered: Bool = false,
    endsWhenSettled: Bool = false,
    closedBy closures: [String: Int] = [:]
  ) {
    var token = 0
    let deliveries = batches.map { batch in
      batch.map { message in
        token += 1
        return Delivery(content: .success(message), token: token, isRedelivered: redelivered)
      }
    }
    told = Mutex(
      Told(
        waiting: deliveries,
        failuresToCome: times,
        refusalsToCome: refusals,
        closuresToCome: closures
      )
    )
    self.endsWhenSettled = endsWhenSettled
  }

  func next(max: Int) async -> [Delivery] {
    let batch = told.withLock { told -> [Delivery] in
      guard !told.waiting.isEmpty else { return [] }
      let batch = told.waiting.removeFirst()
      told.delivered += batch.count
      return batch
    }
    guard batch.isEmpty, endsWhenSettled else { return batch }
    await withCheckedContinuation { continuation in
      told.withLock { told in
        if told.acknowledged.count < told.delivered {
          told.drained.append(continuation)
        } else {
          continuation.resume()
        }
      }
    }
    return []
  }

  func publish(_ messages: [Outgoing]) async -> [Result<Void, NotPublished>] {
    told.withLock { told in
      told.asked.append(messages)
      guard told.failuresToCome == 0 else {
        told.failuresToCome -= 1
        let away = NotPublished(.everything, Reason("away", "The broker is away."))
        return messages.map { _ in .failure(away) }
      }
      for target in Set(messages.map(Self.target)) {
        guard let left = told.closuresToCome[target], left > 0 else { continue }
        told.closuresToCome[target] = left - 1
        let gone = NotPublished(.oneWay, Reason("gone", "The exchange of \(target) is not there."))
        return messages.map { _ in .failure(gone) }
      }
      return messages.map { message in
        let target = Self.target(of: message)
        if let left = told.refusalsToCome[target], left > 0 {
          told.refusalsToCome[target] = left - 1
          return .failure(NotPublished(.oneWay, Reason("full", "The queue \(target) is full.")))
        }
        told.published.append(message)
        return .success(())
      }
    }
  }

  private static func target(of message: Outgoing) -> String {
    switch message.destination {
    case .stage: message.message.stage
    case .delay(let tier): tier.rawValue
    case .parking: "parking"
    }
  }

  func acknowledge(_ deliveries: [Delivery]) async {
    let drained = told.withLock { told -> [CheckedContinuation<Void, Never>] in
      told.acknowledged += deliveries.compactMap { $0.token as? Int }
      guard told.acknowledged.count >= told.delivered else { return [] }
      defer { told.drained = [] }
      return told.drained
    }
    for lane in drained { lane.resume() }
  }

  func giveBack(_ deliveries: [Delivery]) async {
    told.withLock { $0.givenBack += deliveries.compactMap { $0.token as? Int } }
  }
}
