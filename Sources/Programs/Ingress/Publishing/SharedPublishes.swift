import Metrics
import RabbitMQ

/// Publishes what many requests hold at the same time in one batch, so that they share its confirms.
///
/// One batch is on its way at a time; what arrives meanwhile is the next. Nothing waits for more to
/// come, so alone a message goes at once.
actor SharedPublishes {
  private struct Waiter {
    let message: OutboundMessage
    let deadline: ContinuousClock.Instant
    let continuation: CheckedContinuation<Result<Void, PublishError>, Never>
  }

  private static let batchMax = 256
  /// A batch with less time than this is not worth writing.
  private static let leastTime: Duration = .milliseconds(50)

  private let publisher: Publisher
  private let batchSize = Recorder(label: "ingress_publish_batch_size")
  private var waiting: [Waiter] = []
  private var isPublishing = false

  init(_ publisher: Publisher) { self.publisher = publisher }

  /// Publishes one message and waits for its confirm.
  ///
  /// - Parameters:
  ///   - message: Goes into the next batch.
  ///   - deadline: By then there is a result, give or take a scheduling delay.
  /// - Returns: Success when the broker has it safe.
  func publish(
    _ message: OutboundMessage,
    deadline: ContinuousClock.Instant
  ) async -> Result<Void, PublishError> {
    // Known beforehand, so nobody needs to wait for it.
    if publisher.isBlocked { return .failure(.brokerBlocked) }
    return await withCheckedContinuation { continuation in
      waiting.append(Waiter(message: message, deadline: deadline, continuation: continuation))
      guard !isPublishing else { return }
      isPublishing = true
      Task { await publishWaiting() }
    }
  }

  private func publishWaiting() async {
    while !waiting.isEmpty {
      let batch = takeBatch()
      guard let first = batch.map(\.deadline).min() else { continue }
      batchSize.record(batch.count)
      let results = await publisher.publish(batch.map(\.message), deadline: first - .now)
      for (waiter, result) in zip(batch, results) { waiter.continuation.resume(returning: result) }
    }
    isPublishing = false
  }

  /// The oldest that wait; those whose time is up are told so.
  private func takeBatch() -> [Waiter] {
    let taken = waiting.prefix(Self.batchMax)
    waiting.removeFirst(taken.count)
    let latest = ContinuousClock.now + Self.leastTime
    var batch: [Waiter] = []
    for waiter in taken {
      if waiter.deadline < latest {
        waiter.continuation.resume(returning: .failure(.timedOut))
      } else {
        batch.append(waiter)
      }
    }
    return batch
  }
}
