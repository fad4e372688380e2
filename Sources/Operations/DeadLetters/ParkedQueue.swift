import Bootstrap
import BeltStorage
import Logging
import Postgres
import RabbitMQ
import WorkQueues
import Belt

/// Moves what was parked, or found no queue, from the broker into the database, where people see it.
package enum ParkedQueue {
  /// Records what lies in the parked and in the unroutable queue now, and settles what was handled
  /// after it had been recorded; of what was handled before, it publishes what follows from it.
  ///
  /// A message is acknowledged after its record is committed and what follows from it is confirmed; one
  /// that comes again changes nothing.
  ///
  /// - Returns: How many dead letters were recorded or opened again.
  /// - Throws: `LinkError` when the broker cannot be asked, `PostgresError`.
  package static func drain(_ fleet: Fleet) async throws -> Int {
    // First, so that it is done without the broker too.
    try await DeadLetters(pool: fleet.pool).settleHandled()
    var recorded = 0
    for queue in [Topology.parkedQueue, Topology.unroutableQueue] {
      recorded += try await drain(queue, fleet)
    }
    return recorded
  }

  private static func drain(_ queue: String, _ fleet: Fleet) async throws -> Int {
    let endpoint = fleet.settings.brokerEndpoint
    var waiting = try await checkQueue(queue, on: endpoint).ready
    guard waiting > 0 else { return 0 }
    let consumer = Consumer(
      endpoint,
      queue: queue,
      prefetch: 64,
      logger: fleet.logger
    )
    async let running: Void = consumer.run()
    // Another one may be draining too: then fewer come than were counted.
    let deadline = Task {
      try await ContinuousClock().sleep(for: .seconds(15))
      await consumer.stopTaking()
    }
    let result: Result<Int, any Error>
    do {
      result = .success(try await record(from: consumer, &waiting, fleet))
    } catch {
      result = .failure(error)
    }
    deadline.cancel()
    await consumer.stopTaking()
    await consumer.shutdown()
    await running
    return try result.get()
  }

  private static func record(
    from consumer: Consumer,
    _ waiting: inout Int,
    _ fleet: Fleet
  ) async throws -> Int {
    let recorder = DeadLetterRecorder(pool: fleet.pool)
    let deadLetters = DeadLetters(pool: fleet.pool)
    var recorded = 0
    while waiting > 0 {
      let batch = await consumer.next(max: min(64, waiting)).map(ParkedMessage.init)
      guard !batch.isEmpty else { break }
      recorded += try await recorder.record(batch.map { ($0.message, $0.reason) })
      let follows = try await deadLetters.pendingFollows(of: batch.map(\.message))
      try await fleet.publish(follows.map { Outgoing($0) })
      await consumer.acknowledge(batch.map(\.token))
      waiting -= batch.count
    }
    return recorded
  }

  /// Drains if the broker can be reached: a reading command is useful without it too.
  ///
  /// Returns why it could not be; what is shown then is what was recorded before.
  package static func drainIfReachable(_ fleet: Fleet) async throws -> String? {
    do {
      _ = try await drain(fleet)
      return nil
    } catch let error as LinkError {
      return "\(error)"
    }
  }
}
