import Bootstrap
import BeltStorage
import Leads
import Logging
import Postgres
import RabbitMQ
import TestKit
import Testing
import WorkQueues
import Belt

@testable import Operations

/// What `explain` says when it knows nothing: never that something did not arrive that may be waiting.
@Suite struct UnknownLeadTests {
  private func unknown(_ backlog: UnknownLead.Backlog, end: String? = nil) -> UnknownLead {
    UnknownLead(text: "bia@x.example", at: "2026-03-02T12:00:00Z", backlog: backlog, end: end)
  }

  @Test func `while messages wait for the importer it may be among them`() {
    let one = unknown(.waiting(1)).refusal
    #expect(one.sentence.contains("as of 2026-03-02T12:00:00Z"))
    #expect(one.sentence.contains("1 message in the importer's queue is accepted and not handled"))
    #expect(one.kind == .unavailable && one.code == "lead_may_wait")
    let many = unknown(.waiting(12)).refusal.sentence
    #expect(many.contains("12 messages in the importer's queue are accepted"))
    #expect(!many.contains("not arrive"))
  }

  @Test func `a broker that cannot be asked is said, and nothing is claimed`() {
    let sentence = unknown(.unseen("it is away")).refusal.sentence
    #expect(sentence.contains("could not be looked at (it is away)"))
    #expect(sentence.contains("It may be waiting"))
  }

  @Test func `with an empty queue it did not arrive, waits on ingress' disk or was kept out`() {
    let refusal = unknown(.waiting(0)).refusal
    #expect(refusal.sentence.contains("it did not arrive, waits on ingress' own disk"))
    #expect(refusal.kind == .notFound)
  }

  @Test(arguments: ["Marina Costa", "Acme Ltda", "?", "12"])
  func `a text of another kind is refused with what is searched`(_ text: String) {
    #expect(!Journeys.isSearched(text))
    #expect(UnknownLead.notSearched(text).sentence.contains("not by names"))
  }

  @Test(arguments: ["ana@exemplo.com.br", "+55 11 99876-5432", "\(Identifier(high: 1, low: 2))"])
  func `what may name a lead is searched`(_ text: String) {
    #expect(Journeys.isSearched(text))
  }

  @Test func `what lies in the importer's queues is counted, and a message's own end is told`()
    async throws
  {
    let broker = try await PrivateBroker()
    let database = try await PrivatePostgres.freshDatabase()
    let settings = try await FleetSettings.load(
      needs: [.broker, .database],
      environment: ["ESTEIRA_AMQP_URL": broker.url, "ESTEIRA_POSTGRES_URL": database]
    )
    let logger = Logger(label: "test")
    let pool = PostgresPool(url: database, size: 2, logger: logger)
    try await Migrator(pool: pool).migrate()
    let fleet = Fleet(settings: settings, pool: pool, logger: logger)
    func look(_ text: String) async throws -> UnknownLead {
      try await UnknownLead(text, in: nil, fleet)
    }

    // Without the queue nobody can say how many wait.
    guard case .unseen = try await look("bia@x.example").backlog else {
      Issue.record("a missing queue was counted")
      return
    }
    let admin = AdminLink(settings.brokerEndpoint)
    let queue = Topology.queue(of: .leadImporter)
    let queues = [queue] + DelayTier.allCases.map { Topology.retryQueue(of: .leadImporter, $0) }
    for name in queues {
      try await admin.declareQueue(name, arguments: ["x-queue-type": .string("quorum")])
    }
    try await admin.declareExchange(Topology.workExchange, kind: "topic")
    try await admin.bind(queue: queue, exchange: Topology.workExchange, routingKey: "#")
    #expect(try await look("bia@x.example").backlog == .waiting(0))
    let messages = (1...3).map { number in
      Message(
        id: Identifier(high: 1, low: UInt64(number)),
        type: WebhookReceived.type,
        stage: Flow.leadImporter.stage,
        integration: "acme",
        journey: Identifier(high: 1, low: UInt64(number)),
        body: Array("{}".utf8)
      )
    }
    try await fleet.publish(messages.map { Outgoing($0) })
    #expect(try await look("bia@x.example").backlog == .waiting(3))

    try await DeadLetterRecorder(pool: pool).record([
      (messages[0], Reason("body_unreadable", "The body cannot be read."))
    ])
    let end = try await look("\(messages[0].id)").end
    #expect(end?.contains("given up at lead-importer (body_unreadable)") == true)
    try await pool.run([
      """
      insert into integration (id, rd_account, crm, config_version)
      values ('acme', 'acme', 'embedded', 1)
      """,
      """
      insert into receipt (integration_id, message_id, stage, journey_id, outcome, follows, follow_ids)
      values ('acme', \(messages[1].id), 'lead-importer', \(messages[1].id), 'done', '[]', '{}')
      """,
    ])
    #expect(try await look("\(messages[1].id)").end?.contains("held no lead") == true)
    #expect(try await look("\(messages[2].id)").end == nil)
    await admin.close()
    await pool.shutdown()
    await broker.stop()
  }
}
