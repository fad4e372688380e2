import Bootstrap
import BeltStorage
import Logging
import Postgres
import RabbitMQ
import WorkQueues
import Belt

/// Moves what was parked, or found no queue, from the broker into the database, where people see it.
enum ParkedQueue {
  /// Records what lies in the parked and in the unroutable queue now, and settles what was handled
  /// after it had been recorded; of what was handled before, it publishes what follows from it.
  ///
  /// A message is acknowledged after its record is committed and what follows from it is confirmed; one
  /// that comes again changes nothing.
  ///
  /// - Returns: How many dead letters were recorded or opened again.
  /// - Throws: ``LinkError`` when the broker cannot be asked, ``PostgresError``.
  static func drain(_ access: FleetAccess) async throws -> Int {
    // First, so that it is done without the broker too.
    try await DeadLetterDesk(pool: access.pool).settleHandled()
    var recorded = 0
    for queue in [Topology.parkedQueue, Topology.unroutableQueue] {
      recorded += try await drain(queue, access)
    }
    return recorded
  }

  private static func drain(_ queue: String, _ access: FleetAccess) async throws -> Int {
    let endpoint = access.settings.brokerEndpoint
    var waiting = try await checkQueue(queue, on: endpoint).ready
    guard waiting > 0 else { return 0 }
    let consumer = Consumer(
      endpoint,
      queue: queue,
      prefetch: 64,
      logger: access.logger
    )
    async let running: Void = consumer.run()
    // Another one may be draining too: then fewer come than were counted.
    let deadline = Task {
      try await ContinuousClock().sleep(for: .seconds(15))
      await consumer.stopTaking()
    }
    let result: Result<Int, any Error>
    do {
      result = .success(try await record(from: consumer, &waiting, access))
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
    _ access: FleetAccess
  ) async throws -> Int {
    let desk = DeadLetterDesk(pool: access.pool)
    var recorded = 0
    while waiting > 0 {
      let batch = await consumer.next(max: min(64, waiting)).map(ParkedMessage.init)
      guard !batch.isEmpty else { break }
      recorded += try await desk.record(batch.map { ($0.message, $0.reason) })
      let follows = try await desk.pendingFollows(of: batch.map(\.message))
      if !follows.isEmpty {
        try await BrokerOutbox.open(access.settings.brokerEndpoint, logger: access.logger) {
          try await $0.publish(follows.map { Outgoing($0) })
        }
      }
      await consumer.acknowledge(batch.map(\.token))
      waiting -= batch.count
    }
    return recorded
  }

  /// Drains if the broker can be reached; a reading command is useful without it too, and says so.
  static func drainIfReachable(_ access: FleetAccess) async throws {
    do {
      _ = try await drain(access)
    } catch let error as LinkError {
      Terminal.complain(
        "note: the broker could not be asked for newly parked messages (\(error)); "
          + "what follows is what was recorded before"
      )
    }
  }
}
