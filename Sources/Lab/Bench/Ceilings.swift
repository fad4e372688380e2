import Logging
import Postgres
import RabbitMQ
import WorkQueues
import CommandLineInterface

/// What broker and database do when nothing else asks for them, so that other figures have a measure.
struct Ceilings: Sendable, Hashable {
  /// Confirmed messages a second: 1 KiB, one quorum queue, at most 256 on their way.
  var publishes = 0.0
  /// Transactions of one row a second, one after another on one connection.
  var commits = 0.0
  /// The same on four connections.
  var commitsOnFour = 0.0

  /// How long one commit takes, in milliseconds.
  var commitTime: Double { commits > 0 ? 1000 / commits : 0 }
}

// MARK: Broker

extension Ceilings {
  /// The same in every run, so that what a killed one left is removed by the next.
  private static let queue = "esteira.bench"
  private static let window = 256

  /// Declares a queue, fills it for that long, and deletes it.
  static func publishes(for time: Duration, on endpoint: Endpoint, logger: Logger) async throws
    -> Double
  {
    let link = AdminLink(endpoint)
    let result: Result<Double, any Error>
    do {
      try await link.deleteQueue(queue)
      try await link.declareQueue(queue, arguments: ["x-queue-type": .string("quorum")])
      result = .success(try await fill(for: time, endpoint, logger))
    } catch {
      result = .failure(error)
    }
    do {
      try await link.deleteQueue(queue)
    } catch {
      Terminal.complain("the queue \(queue) could not be deleted: \(error)")
    }
    await link.close()
    return try result.get()
  }

  private static func fill(for time: Duration, _ endpoint: Endpoint, _ logger: Logger) async throws
    -> Double
  {
    let publisher = Publisher(endpoint, window: window, logger: logger)
    async let running: Void = publisher.run()
    let result: Result<Double, any Error>
    do {
      // Makes the connection.
      try await publish(through: publisher)
      result = .success(try await publishingRate(publisher, for: time))
    } catch {
      result = .failure(error)
    }
    await publisher.shutdown()
    await running
    return try result.get()
  }

  /// Two callers, so that the window is never empty while one of them looks at its confirms.
  private static func publishingRate(_ publisher: Publisher, for time: Duration) async throws
    -> Double
  {
    let start = ContinuousClock.now
    let count = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<2 {
        group.addTask {
          var count = 0
          while .now - start < time {
            try await publish(through: publisher)
            count += window
          }
          return count
        }
      }
      return try await group.reduce(0, +)
    }
    return Double(count) / ((.now - start) / .seconds(1))
  }

  private static func publish(through publisher: Publisher) async throws {
    let message = OutboundMessage(
      exchange: "",
      routingKey: queue,
      messageID: queue,
      type: queue,
      contentType: "application/octet-stream",
      body: [UInt8](repeating: 0, count: 1024)
    )
    let batch = [OutboundMessage](repeating: message, count: window)
    for answer in await publisher.publish(batch, deadline: .seconds(10)) {
      if case .failure(let cause) = answer {
        throw BrokerFailure(cause, exchange: "", routingKey: queue)
      }
    }
  }
}

// MARK: Database

extension Ceilings {
  /// Makes a table, inserts row by row for that long, and drops it.
  static func commits(for time: Duration, connections: Int, url: String, logger: Logger)
    async throws -> Double
  {
    var options = PostgresOptions(url: url, size: connections)
    options.applicationName = "esteira-bench"
    let pool = PostgresPool(options, logger: logger)
    let result: Result<Double, any Error>
    do {
      try await pool.run("create table if not exists esteira_bench (at timestamptz not null)")
      result = .success(try await insertRate(pool, connections: connections, for: time))
    } catch {
      result = .failure(error)
    }
    do {
      try await pool.run("drop table if exists esteira_bench")
    } catch {
      Terminal.complain("the table esteira_bench could not be dropped: \(error)")
    }
    await pool.shutdown()
    return try result.get()
  }

  private static func insertRate(_ pool: PostgresPool, connections: Int, for time: Duration)
    async throws -> Double
  {
    try await withThrowingTaskGroup(of: Double.self) { group in
      for _ in 0..<connections {
        group.addTask {
          try await pool.withConnection { connection in
            // The first one is prepared.
            try connection.run(insert)
            let start = ContinuousClock.now
            var count = 0.0
            while .now - start < time {
              try connection.run(insert)
              count += 1
            }
            return count / ((.now - start) / .seconds(1))
          }
        }
      }
      return try await group.reduce(0, +)
    }
  }

  private static let insert: SQL = "insert into esteira_bench (at) values (now())"
}
