import Glibc
import BeltStorage
import Leads
import Logging
import Postgres
import RabbitMQ
import TestKit
import Testing
import WorkQueues
import Belt

/// A payload that ends its process, on a real broker and database: each round is a process of its own.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct PoisonTests {
  /// Ends its process at the marked payload, as a fault in our code or in a library would; writes down
  /// whatever it handled else.
  private struct Fragile: Handler {
    let pool: PostgresPool

    func handle(_ batch: [Message]) async throws -> [Outcome] {
      if batch.contains(where: { $0.body == PoisonTests.poison }) { kill(getpid(), SIGKILL) }
      _ = try await pool.run(
        "insert into handled select unnest(\(batch.map(\.id))::uuid[]) on conflict do nothing"
      )
      return batch.map { _ in .done(follows: []) }
    }
  }

  private static let poison = Array("poison".utf8)

  private static func message(_ number: Int, body: [UInt8]) -> Message {
    Message(
      id: Identifier(derivedFrom: "poison-test", String(number)),
      type: "lead.imported.v1",
      stage: Flow.centralizer.stage,
      integration: "acme",
      journey: Identifier(derivedFrom: "journey", String(number)),
      body: body
    )
  }

  /// A worker process until its queue is empty or it dies.
  static func work(broker: String, database: String) async throws {
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let endpoint = try Endpoint(broker)
    let pool = PostgresPool(url: database, size: 2, logger: logger)
    let consumer = Consumer(
      endpoint,
      queue: Topology.queue(of: .centralizer),
      prefetch: 64,
      logger: logger
    )
    let publisher = Publisher(endpoint, logger: logger)
    let progress = WorkerProgress(stage: "centralizer", now: { 0 })
    let worker = Worker(
      queue: BrokerQueue(stage: "centralizer", consumer: consumer, publisher: publisher),
      handler: Fragile(pool: pool),
      suspects: PressureSuspects(of: .centralizer, pool: pool),
      options: Worker.Options(batchMax: 8, lanes: 2),
      progress: progress,
      logger: logger
    )
    async let publishing: Void = publisher.run()
    async let consuming: Void = consumer.run()
    async let working: Void = worker.run()
    let deadline = ContinuousClock.now + .seconds(30)
    while try await pool.run("select count(*) from handled")[0].int(0) < 40 {
      guard .now < deadline else { break }
      try await Task.sleep(for: .milliseconds(50))
    }
    let parked = AdminLink(endpoint)
    while try await parked.checkQueue(Topology.parkedQueue).ready < 1, .now < deadline {
      try await Task.sleep(for: .milliseconds(50))
    }
    await consumer.stopTaking()
    await working
    await consumer.shutdown()
    await publisher.shutdown()
    _ = await (publishing, consuming)
    await pool.shutdown()
  }

  @Test func `a payload that kills its process is parked after three, and its neighbours go on`()
    async throws
  {
    let definitions = try await WorkBroker.definitions()
    _ = try await definitions.apply()
    let link = try await WorkBroker.link()
    for queue in [Topology.queue(of: .centralizer), Topology.parkedQueue] {
      _ = try await link.purge(queue)
    }
    let broker = try await WorkBroker.shared().broker.url
    let database = try await PrivatePostgres.freshDatabase()
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let pool = PostgresPool(url: database, size: 2, logger: logger)
    try await Migrator(pool: pool).migrate()
    try await pool.run("create table handled (id uuid primary key)")
    // The payload in the middle of forty others.
    let messages = (0..<41).map { Self.message($0, body: $0 == 20 ? Self.poison : []) }
    try await withPublisher(try Endpoint(broker)) { publisher in
      for result in await publisher.publish(
        messages.map { OutboundMessage(Outgoing($0)) },
        deadline: .seconds(10)
      ) { try result.get() }
    }
    for _ in 1...3 {
      await #expect(processExitsWith: .signal(SIGKILL)) {
        [broker = broker as String, database = database as String] in
        try await PoisonTests.work(broker: broker, database: database)
      }
    }
    await #expect(processExitsWith: .success) {
      [broker = broker as String, database = database as String] in
      try await PoisonTests.work(broker: broker, database: database)
    }
    #expect(try await pool.run("select count(*) from handled")[0].int(0) == 40)
    #expect(try await pool.run("select count(*) from suspect")[0].int(0) == 0)
    let parked = Consumer(
      try Endpoint(broker),
      queue: Topology.parkedQueue,
      prefetch: 4,
      logger: logger
    )
    async let running: Void = parked.run()
    let found = await parked.next(max: 4).map(ParkedMessage.init)
    await parked.acknowledge(found.map(\.token))
    await parked.shutdown()
    await running
    #expect(found.map(\.message.id) == [messages[20].id])
    #expect(found.map(\.reason) == [.poison])
    #expect(found.map(\.message.attempt) == [1], "a kill is no attempt")
    await pool.shutdown()
  }
}
