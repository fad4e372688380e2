import Leads
import Logging
import NIOHTTP1
import RabbitMQ
import StrictJSON
import Testing
import Belt

@testable import WorkQueues

/// One after the other, on one node: each test begins with the fleet's topology in place.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct BrokerTests {
  private static func message(_ stage: Flow, id: String = #function) -> Message {
    Message(
      id: Identifier(derivedFrom: id),
      type: "lead.imported.v1",
      stage: stage.stage,
      integration: "acme",
      journey: Identifier(derivedFrom: "journey"),
      body: Array("{}".utf8),
      arrivedAt: 1_700_000_000_123
    )
  }

  @Test func `an empty broker is told to lack everything, and applying mends it`() async throws {
    let definitions = try await WorkBroker.definitions()
    let before = try await definitions.verify()
    #expect(before.contains { $0.description == "exchange esteira.work: is missing" })
    #expect(before.contains { $0.description == "policy esteira-landing: is missing" })
    #expect(try await definitions.apply() == [])
    #expect(try await definitions.verify() == [])
    #expect(try await definitions.apply() == [], "applying again changes nothing")
  }

  @Test func `a queue with another waiting time is found and not changed`() async throws {
    let definitions = try await WorkBroker.definitions()
    _ = try await definitions.apply()
    let link = try await WorkBroker.link()
    let name = "esteira.q.centralizer.retry.5s"
    try await link.deleteQueue(name)
    try await link.declareQueue(
      name,
      arguments: [
        "x-queue-type": .string("quorum"), "x-message-ttl": .int(7000),
        "x-dead-letter-exchange": .string("esteira.work"),
        "x-dead-letter-strategy": .string("at-least-once"),
        "x-overflow": .string("reject-publish"),
      ]
    )
    let expected = [
      "queue \(name): x-message-ttl is 7000, should be 5000",
      "binding esteira.retry.5s → \(name) with key \"centralizer.#\": is missing",
    ]
    #expect(try await definitions.verify().map(\.description) == expected)
    let error = await #expect(throws: TopologyError.self) { _ = try await definitions.apply() }
    guard case .drift(let items) = error else {
      Issue.record("apply did not tell the drift: \(String(describing: error))")
      return
    }
    #expect(items.map(\.description) == [expected[0]], "the binding is mended, the queue cannot be")
    try await link.deleteQueue(name)
    #expect(try await definitions.apply() == [])
  }

  @Test func `a removed binding and a changed policy are told by name and mended`() async throws {
    let definitions = try await WorkBroker.definitions()
    _ = try await definitions.apply()
    try await WorkBroker.manage(
      .DELETE,
      "bindings/%2F/e/esteira.work/q/esteira.q.tag-sync/tag-sync.%23"
    )
    try await WorkBroker.manage(
      .PUT,
      "policies/%2F/esteira-work",
      [
        "pattern": #"^esteira\.q\.[a-z-]+(\.p\d+)?$"#, "apply-to": "queues", "priority": 10,
        "definition": ["delivery-limit": 3],
      ]
    )
    try await WorkBroker.manage(.DELETE, "policies/%2F/esteira-ae")
    let found = try await definitions.verify().map(\.description)
    #expect(
      found.contains(
        "binding esteira.work → esteira.q.tag-sync with key \"tag-sync.#\": is missing"
      )
    )
    #expect(found.contains("policy esteira-work: delivery-limit is 3, should be 50"))
    #expect(found.contains("policy esteira-work: overflow is absent, should be reject-publish"))
    #expect(found.contains("policy esteira-ae: is missing"))
    #expect(try await definitions.apply() == [])
  }

  @Test func `a queue of ours that is not in the list is reported and left alone`() async throws {
    let definitions = try await WorkBroker.definitions()
    _ = try await definitions.apply()
    let link = try await WorkBroker.link()
    try await link.declareQueue("esteira.q.former", arguments: WorkBroker.quorum)
    let unknown = try await definitions.apply()
    #expect(unknown.map(\.description) == ["queue esteira.q.former: is not the fleet's"])
    #expect(unknown.map(\.kind) == [.unknown])
    _ = try await link.checkQueue("esteira.q.former")
    try await link.deleteQueue("esteira.q.former")
  }

  @Test func `a refusal by the management API is told without the password`() async throws {
    let port = try await WorkBroker.shared().managementPort
    let stranger = try BrokerDefinitions(managementURL: "http://guest:geheim@127.0.0.1:\(port)")
    let refused = await #expect(throws: TopologyError.self) { _ = try await stranger.verify() }
    #expect(refused.map { "\($0)" }?.contains("user and password") == true)
    #expect(refused.map { "\($0)" }?.contains("geheim") == false)
    let nowhere = try BrokerDefinitions(
      managementURL: "http://guest:guest@127.0.0.1:\(port)",
      virtualHost: "no/such"
    )
    await #expect(throws: TopologyError.refused("there is no virtual host no/such")) {
      try await nowhere.verify()
    }
    #expect(throws: TopologyError.badAddress) { try BrokerDefinitions(managementURL: "amqp://x") }
  }

  @Test func `a message goes to its stage and comes out as it went in`() async throws {
    _ = try await WorkBroker.definitions().apply()
    try await withQueue(of: .centralizer) { queue in
      let message = Self.message(.centralizer)
      try await queue.store([Outgoing(message)])
      let deliveries = await queue.next(max: 64)
      let messages = try deliveries.map { try $0.content.get() }
      #expect(messages == [message])
      await queue.acknowledge(deliveries)
    }
  }

  @Test func `a delayed message returns to its stage after its wait`() async throws {
    _ = try await WorkBroker.definitions().apply()
    try await withQueue(of: .opportunityCreator) { queue in
      let message = Self.message(.opportunityCreator)
      let start = ContinuousClock.now
      try await queue.store([Outgoing(message, to: .delay(.seconds5))])
      let deliveries = await queue.next(max: 64)
      let messages = try deliveries.map { try $0.content.get() }
      #expect(messages == [message])
      #expect(.now - start >= .seconds(5))
      #expect(.now - start < .seconds(15))
      await queue.acknowledge(deliveries)
    }
  }

  @Test func `a parked message lies in the parked queue with its reason`() async throws {
    _ = try await WorkBroker.definitions().apply()
    let message = Self.message(.rdUpdater)
    try await withQueue(of: .rdUpdater) { queue in
      let reason = Reason("crm_refused", "The CRM refused the record.")
      try await queue.store([Outgoing(message, to: .parking(reason))])
    }
    let link = try await WorkBroker.link()
    let parked = ParkedMessage(try #require(try await link.get(Topology.parkedQueue)))
    #expect(parked.message == message)
    #expect(parked.reason == Reason("crm_refused", "The CRM refused the record."))
  }

  @Test func `a message of another stage in the queue comes out as malformed`() async throws {
    _ = try await WorkBroker.definitions().apply()
    let link = try await WorkBroker.link()
    let queueName = Topology.queue(of: .tagSync)
    try await link.bind(
      queue: queueName,
      exchange: Topology.workExchange,
      routingKey: "rd-updater.#"
    )
    try await withQueue(of: .tagSync) { queue in
      try await queue.store([Outgoing(Self.message(.rdUpdater))])
      let deliveries = await queue.next(max: 64)
      let delivery = try #require(deliveries.first)
      guard case .failure(let fault) = delivery.content else {
        Issue.record("it was taken for a message of this stage")
        return
      }
      #expect(fault.reason.code == "message_misrouted")
      await queue.acknowledge(deliveries)
    }
    try await WorkBroker.manage(
      .DELETE,
      "bindings/%2F/e/esteira.work/q/\(queueName)/rd-updater.%23"
    )
    try await link.purge(Topology.queue(of: .rdUpdater))
  }

  @Test func `without its queue a message is kept as unroutable, not lost`() async throws {
    _ = try await WorkBroker.definitions().apply()
    let message = Self.message(.tagSync)
    let link = try await WorkBroker.link()
    try await link.deleteQueue(Topology.queue(of: .tagSync))
    try await withPublisher(try await WorkBroker.endpoint()) { publisher in
      let results = await publisher.publish(
        [OutboundMessage(Outgoing(message))],
        deadline: .seconds(5)
      )
      for result in results { try result.get() }
    }
    let kept = ParkedMessage(try #require(try await link.get(Topology.unroutableQueue)))
    #expect(kept.message == message)
    #expect(kept.reason.code == "unroutable")
    _ = try await WorkBroker.definitions().apply()
  }

  @Test func `without exchange a publish fails and names the command that mends it`() async throws {
    _ = try await WorkBroker.definitions().apply()
    let link = try await WorkBroker.link()
    try await link.deleteExchange(Topology.parkingExchange)
    try await withQueue(of: .centralizer) { queue in
      let outgoing = Outgoing(Self.message(.centralizer), to: .parking(Reason("x", "X.")))
      let error = await #expect(throws: NotPublished.self) { try await queue.store([outgoing]) }
      #expect(error?.extent == .oneWay)
      #expect(error?.reason.code == "broker_unroutable")
      #expect(error?.reason.sentence.contains("esteira.q.parked") == true)
      #expect(error?.reason.sentence.contains("esteira topology apply") == true)
    }
    _ = try await WorkBroker.definitions().apply()
  }

  @Test func `without the parked queue the unreadable waits, and those behind it go on`()
    async throws
  {
    struct Done: Handler {
      func handle(_ batch: [Message]) async throws -> [Outcome] {
        batch.map { _ in .done(follows: []) }
      }
    }
    _ = try await WorkBroker.definitions().apply()
    let link = try await WorkBroker.link()
    try await link.purge(Topology.queue(of: .leadImporter))
    try await link.deleteQueue(Topology.parkedQueue)
    let endpoint = try await WorkBroker.endpoint()
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let consumer = Consumer(
      endpoint,
      queue: Topology.queue(of: .leadImporter),
      prefetch: 64,
      logger: logger
    )
    let progress = WorkerProgress(stage: "lead-importer", now: { 0 })
    try await withPublisher(endpoint) { publisher in
      let unreadable = OutboundMessage(
        exchange: Topology.workExchange,
        routingKey: "lead-importer.acme",
        messageID: "no uuid",
        type: "x",
        body: [0]
      )
      let sound = (0..<100).map {
        OutboundMessage(Outgoing(Self.message(.leadImporter, id: "behind \($0)")))
      }
      for result in await publisher.publish([unreadable] + sound, deadline: .seconds(10)) {
        try result.get()
      }
      let queue = BrokerQueue(stage: "lead-importer", consumer: consumer, publisher: publisher)
      async let consuming: Void = consumer.run()
      async let working: Void = Worker(
        queue: queue,
        handler: Done(),
        progress: progress,
        logger: logger
      ).run()
      let deadline = ContinuousClock.now + .seconds(20)
      while progress.settled < 101 || progress.refused.isEmpty, .now < deadline {
        try await Task.sleep(for: .milliseconds(20))
      }
      #expect(progress.settled == 101)
      #expect(progress.hasFooting)
      #expect(progress.refused.count == 1)
      #expect(progress.refused.first?.contains(Topology.parkedQueue) == true)
      #expect(progress.refused.first?.contains("esteira topology apply") == true)
      // Once the queue is there again, the one is parked by itself.
      _ = try await WorkBroker.definitions().apply()
      while !progress.refused.isEmpty, .now < deadline {
        try await Task.sleep(for: .milliseconds(20))
      }
      #expect(progress.refused.isEmpty)
      await queue.stopTaking()
      await working
      await consumer.shutdown()
      await consuming
    }
    let parked = ParkedMessage(try #require(try await link.get(Topology.parkedQueue)))
    #expect(parked.reason.code == "message_malformed")
    #expect(try await link.checkQueue(Topology.queue(of: .leadImporter)).ready == 0)
  }

  @Test func `what is accepted and not imported is counted: queued, in hand, and delayed`()
    async throws
  {
    let definitions = try await WorkBroker.definitions()
    _ = try await definitions.apply()
    let link = try await WorkBroker.link()
    let endpoint = try await WorkBroker.endpoint()
    try await link.purge(Topology.queue(of: .leadImporter))
    try await withQueue(of: .leadImporter) { queue in
      let messages = (0..<7).map { Self.message(.leadImporter, id: "accepted \($0)") }
      try await queue.store([Outgoing(messages[0], to: .delay(.minutes5))])
      try await queue.store(messages[1...3].map { Outgoing($0) })
      var taken: [Delivery] = []
      while taken.count < 3 { taken += await queue.next(max: 3) }
      // The statistics of the broker follow within seconds.
      let deadline = ContinuousClock.now + .seconds(20)
      var found = try await ImportBacklog.read(endpoint, statistics: definitions)
      while found.inHand != 3, .now < deadline {
        try await Task.sleep(for: .milliseconds(100))
        found = try await ImportBacklog.read(endpoint, statistics: definitions)
      }
      #expect(found == ImportBacklog(queued: 0, inHand: 3, delayed: 1))
      await queue.acknowledge(taken)
    }
    for outgoing in [4, 5] {
      try await withQueue(of: .centralizer) { queue in
        try await queue.store([Outgoing(Self.message(.leadImporter, id: "accepted \(outgoing)"))])
      }
    }
    let found = try await ImportBacklog.read(endpoint, statistics: nil)
    #expect(found == ImportBacklog(queued: 2, inHand: nil, delayed: 1))
    #expect(found.total == 3)
    for queue in ["", ".retry.5m"] {
      try await link.purge(Topology.queue(of: .leadImporter) + queue)
    }
  }

  @Test func `a watch names the queues that are gone, and sees them return`() async throws {
    _ = try await WorkBroker.definitions().apply()
    let names = [Topology.queue(of: .leadImporter), Topology.queue(of: .rdUpdater)]
    let watch = TopologyWatch(
      try await WorkBroker.endpoint(),
      queues: names,
      logger: Logger(label: "test")
    )
    await watch.look()
    #expect(watch.missing == [])
    try await WorkBroker.link().deleteQueue(names[1])
    await watch.look()
    #expect(watch.missing == [names[1]])
    _ = try await WorkBroker.definitions().apply()
    await watch.look()
    #expect(watch.missing == [])
  }
}
