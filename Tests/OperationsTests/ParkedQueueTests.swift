import BeltStorage
import Bootstrap
import StrictJSON
import Logging
import Postgres
import RabbitMQ
import TestKit
import Testing
import WorkQueues
import Belt

@testable import Operations

/// Against a real broker and a real database.
@Suite struct ParkedQueueTests {
  private func fleet(_ broker: String) async throws -> Fleet {
    let database = try await PrivatePostgres.freshDatabase()
    let settings = try await FleetSettings.load(
      needs: [.broker, .database],
      environment: ["ESTEIRA_AMQP_URL": broker, "ESTEIRA_POSTGRES_URL": database]
    )
    let logger = Logger(label: "test")
    let pool = PostgresPool(url: database, size: 2, logger: logger)
    try await Migrator(pool: pool).migrate()
    return Fleet(settings: settings, pool: pool, logger: logger)
  }

  private func message(_ number: Int) -> Message {
    Message(
      id: Identifier(derivedFrom: "parked", "\(number)"),
      type: "lead.imported.v1",
      stage: "centralizer",
      integration: "acme",
      journey: Identifier(derivedFrom: "journey", "\(number)"),
      body: Array("{}".utf8),
      attempt: 8
    )
  }

  @Test func `what was parked is recorded with its reason and leaves the queue`() async throws {
    // Of its own: what is bound here to the fleet's exchanges would reach a fleet on a shared one.
    let broker = try await PrivateBroker()
    let fleet = try await fleet(broker.url)
    let endpoint = fleet.settings.brokerEndpoint
    let admin = AdminLink(endpoint)
    try await admin.declareExchange(Topology.parkingExchange, kind: "topic")
    try await admin.declareQueue(
      Topology.parkedQueue,
      arguments: ["x-queue-type": .string("quorum")]
    )
    try await admin.bind(
      queue: Topology.parkedQueue,
      exchange: Topology.parkingExchange,
      routingKey: "#"
    )
    // As what no binding takes: the fleet's exchange hands it on to this queue.
    try await admin.declareExchange(Topology.workExchange, kind: "topic")
    try await admin.declareQueue(
      Topology.unroutableQueue,
      arguments: ["x-queue-type": .string("quorum")]
    )
    try await admin.bind(
      queue: Topology.unroutableQueue,
      exchange: Topology.workExchange,
      routingKey: "#"
    )
    #expect(try await ParkedQueue.drain(fleet) == 0)

    let reason = Reason("owner_missing", "There is nobody to own it.")
    try await fleet.publish((0..<150).map { Outgoing(message($0), to: .parking(reason)) })
    #expect(try await ParkedQueue.drain(fleet) == 150)
    let letters = try await DeadLetters(pool: fleet.pool).open(in: "acme")
    #expect(Set(letters.map(\.message)) == Set((0..<150).map(message)))
    #expect(Set(letters.map(\.reason)) == [reason])
    #expect(try await admin.checkQueue(Topology.parkedQueue).ready == 0)
    #expect(try await ParkedQueue.drain(fleet) == 0)

    try await fleet.publish([Outgoing(message(150))])
    #expect(try await ParkedQueue.drain(fleet) == 1)
    let unroutable = try await DeadLetters(pool: fleet.pool)
      .list(DeadLetterFilter(code: "unroutable")).items
    #expect(unroutable.map(\.message) == [message(150)])
    #expect(try await admin.checkQueue(Topology.unroutableQueue).ready == 0)
    // A later one was handled after it had been recorded.
    try await fleet.pool.run(
      """
      insert into receipt (integration_id, message_id, stage, journey_id, outcome, follows, follow_ids)
      select integration_id, id, stage, journey_id, 'done', '[]', '{}' from dead_letter
      where code = 'unroutable'
      """
    )
    #expect(try await ParkedQueue.drain(fleet) == 0)
    let open = try await fleet.pool.run("select count(*) from dead_letter where state = 'open'")
    #expect(try open[0].int(0) == 150)
    await admin.close()
    await fleet.pool.shutdown()
    await broker.stop()
  }

  @Test func `what was handled and then parked by the broker still sends what follows from it`()
    async throws
  {
    let broker = try await PrivateBroker()
    let fleet = try await fleet(broker.url)
    let endpoint = fleet.settings.brokerEndpoint
    let admin = AdminLink(endpoint)
    for (queue, exchange) in [
      (Topology.parkedQueue, Topology.parkingExchange), ("follows", Topology.workExchange),
    ] {
      try await admin.declareExchange(exchange, kind: "topic")
      try await admin.declareQueue(queue, arguments: ["x-queue-type": .string("quorum")])
      try await admin.bind(queue: queue, exchange: exchange, routingKey: "#")
    }
    try await admin.declareQueue(
      Topology.unroutableQueue,
      arguments: ["x-queue-type": .string("quorum")]
    )
    let follows = [message(1), message(2)]
    try await fleet.pool.run(
      """
      insert into receipt (integration_id, message_id, stage, journey_id, outcome, follows, follow_ids)
      values ('acme', \(message(0).id), 'lead-importer', \(message(0).journey), 'done',
        \(JSON.array(follows.map(\.stored)).text), \(follows.map(\.id)))
      """
    )
    let reason = Reason("delivery_limit", "It was given back too many times.")
    try await fleet.publish([Outgoing(message(0), to: .parking(reason))])
    #expect(try await ParkedQueue.drain(fleet) == 0)
    #expect(try await admin.checkQueue("follows").ready == 2)
    await admin.close()
    await fleet.pool.shutdown()
    await broker.stop()
  }
}
