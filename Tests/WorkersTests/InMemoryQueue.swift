import Synchronization
import Workers

/// A queue in memory that keeps what it was told.
final class InMemoryQueue: WorkQueue {
  struct Told: Sendable {
    var waiting: [[Delivery]]
    var published: [Outgoing] = []
    var acknowledged: [Int] = []
    var givenBack: [Int] = []
    var failuresToCome = 0
  }

  struct Lost: Error {}

  let told: Mutex<Told>

  /// `batches`: delivered one after another; then the queue is drained.
  init(_ batches: [[Message]], failingToPublish times: Int = 0, redelivered: Bool = false) {
    var token = 0
    let deliveries = batches.map { batch in
      batch.map { message in
        token += 1
        return Delivery(content: .success(message), token: token, isRedelivered: redelivered)
      }
    }
    told = Mutex(Told(waiting: deliveries, failuresToCome: times))
  }

  func next(max: Int) async -> [Delivery] {
    told.withLock { $0.waiting.isEmpty ? [] : $0.waiting.removeFirst() }
  }

  func publish(_ messages: [Outgoing]) async throws {
    try told.withLock { told in
      guard told.failuresToCome == 0 else {
        told.failuresToCome -= 1
        throw Lost()
      }
      told.published += messages
    }
  }

  func acknowledge(_ deliveries: [Delivery]) async {
    told.withLock { $0.acknowledged += deliveries.compactMap { $0.token as? Int } }
  }

  func giveBack(_ deliveries: [Delivery]) async {
    told.withLock { $0.givenBack += deliveries.compactMap { $0.token as? Int } }
  }
}
