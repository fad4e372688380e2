import Metrics
import RabbitMQ

/// Publishes what many requests hold at the same time in one batch, so that they share its confirms.
///
/// While confirms come fast one batch is on its way at a time, and what arrives meanwhile is the next.
/// While they are slow a message does not wait for the batch before it: its own confirm takes all the
/// time that it has. Nothing waits for more to come, so alone a message goes at once.
actor SharedPublishes {
  typealias Publish = @Sendable ([OutboundMessage], Duration) async -> [Result<Void, PublishError>]

  private struct Waiter {
    let message: OutboundMessage
    let deadline: ContinuousClock.Instant
    let continuation: CheckedContinuation<Result<Void, PublishError>, Never>
  }

  private static let batchMax = 256
  /// A batch with less time than this is not worth writing.
  private static let leastTime: Duration = .milliseconds(50)
  /// Confirms that take longer are slow.
  private static let slowness: Duration = .milliseconds(100)
  /// Batches on their way at once, while confirms are slow.
  private static let batchesMax = 64

  private let publishBatch: Publish
  private let isBlocked: @Sendable () -> Bool
  private let batchSize = Recorder(label: "ingress_publish_batch_size")
  private var waiting: [Waiter] = []
  /// Those of each batch on its way that have no answer yet.
  private var underway: [Int: [Waiter?]] = [:]
  private var count = 0
  private var lastStart = ContinuousClock.now
  private var lastTook = Duration.zero

  init(_ publisher: Publisher) {
    publishBatch = { await publisher.publish($0, deadline: $1) }
    isBlocked = { publisher.isBlocked }
  }

  /// With something else than a connection.
  init(_ publish: @escaping Publish) {
    publishBatch = publish
    isBlocked = { false }
  }

  /// Publishes one message with the next batch; success when the broker has it safe.
  ///
  /// By the deadline there is a result, give or take a scheduling delay.
  func publish(
    _ message: OutboundMessage,
    deadline: ContinuousClock.Instant
  ) async -> Result<Void, PublishError> {
    // Known beforehand, so nobody needs to wait for it.
    if isBlocked() { return .failure(.brokerBlocked) }
    return await withCheckedContinuation { continuation in
      waiting.append(Waiter(message: message, deadline: deadline, continuation: continuation))
      if mayStart { start() }
    }
  }

  /// Those that are in no batch yet.
  var waitingCount: Int { waiting.count }

  private var mayStart: Bool {
    guard !underway.isEmpty else { return true }
    let isSlow = max(lastTook, .now - lastStart) > Self.slowness
    return isSlow && underway.count < Self.batchesMax
  }

  private func start() {
    var batch = takeBatch()
    while batch.isEmpty, !waiting.isEmpty { batch = takeBatch() }
    guard let oldest = batch.map(\.deadline).min(), let youngest = batch.map(\.deadline).max()
    else { return }
    count += 1
    let number = count
    underway[number] = batch
    lastStart = .now
    batchSize.record(batch.count)
    // One deadline for all where they are as good as equal; else each has its own answer in time.
    let isOne = youngest - oldest <= Self.leastTime
    Task { await send(batch, number, until: isOne ? oldest : youngest) }
    if !isOne { Task { await answerOverdue(number) } }
  }

  private func send(_ batch: [Waiter], _ number: Int, until deadline: ContinuousClock.Instant) async
  {
    let begun = ContinuousClock.now
    let results = await publishBatch(batch.map(\.message), deadline - begun)
    lastTook = .now - begun
    for (waiter, result) in zip(underway.removeValue(forKey: number) ?? [], results) {
      waiter?.continuation.resume(returning: result)
    }
    if !waiting.isEmpty { start() }
  }

  /// Tells those of a batch whose time is up so, while the younger ones go on waiting.
  private func answerOverdue(_ number: Int) async {
    while let next = underway[number]?.compactMap({ $0?.deadline }).min() {
      do {
        try await ContinuousClock().sleep(until: next)
      } catch {
        // Nobody cancels this task; the batch's own deadline would answer all the same.
        return
      }
      for (index, waiter) in (underway[number] ?? []).enumerated() {
        guard let waiter, waiter.deadline <= .now else { continue }
        underway[number]?[index] = nil
        waiter.continuation.resume(returning: .failure(.outcomeUnknown("no confirm in time")))
      }
    }
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
