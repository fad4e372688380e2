import Bootstrap
import EmbeddedCRM
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

/// Against a real broker and a real database.
@Suite struct ContactsTests {
  private static let ana = Identifier(derivedFrom: "contact", "ana")
  private static let journey = Identifier(derivedFrom: "journey", "ana")

  /// One contact in each of the integrations, with one event.
  private func fleet(_ integrations: [String], crm: CRMKind = .embedded) async throws
    -> Fleet
  {
    let broker = try await PrivateBroker.sharedURL()
    let database = try await PrivatePostgres.freshDatabase()
    let settings = try await FleetSettings.load(
      needs: [.broker, .database],
      environment: ["ESTEIRA_AMQP_URL": broker, "ESTEIRA_POSTGRES_URL": database]
    )
    let logger = Logger(label: "test")
    let pool = PostgresPool(url: database, size: 2, logger: logger)
    try await Migrator(pool: pool).migrate()
    for integration in integrations {
      try await pool.run([
        """
        insert into integration (id, rd_account, crm, config_version)
        values (\(integration), \(integration), \(crm.rawValue), 1)
        """,
        """
        insert into contact (integration_id, id, name, email)
        values (\(integration), \(Self.ana), 'Ana', 'Ana@exemplo.com.br')
        """,
        """
        insert into identity (integration_id, kind, value, subject_id)
        values (\(integration), 'email', 'ana@exemplo.com.br', \(Self.ana))
        """,
        """
        insert into conversion (integration_id, id, lead_id, journey_id, kind, arrived_at,
          first_import, contact_id)
        values (\(integration), \(Self.journey), \(Self.ana), \(Self.journey), 'conversion', now(),
          true, \(Self.ana))
        """,
      ])
    }
    return Fleet(settings: settings, pool: pool, logger: logger)
  }

  /// The queue in which the RD updater's messages of one integration arrive.
  private func queue(of integration: String, _ admin: AdminLink) async throws -> String {
    let queue = "test.contact.\(integration)"
    try await admin.declareExchange(Topology.workExchange, kind: "topic")
    try await admin.declareQueue(queue)
    try await admin.bind(
      queue: queue,
      exchange: Topology.workExchange,
      routingKey: "\(Flow.rdUpdater.stage).\(integration)"
    )
    return queue
  }

  @Test func `a conversion is announced to the RD updater, and again under the same id`()
    async throws
  {
    let fleet = try await fleet(["contact-acme"])
    let admin = AdminLink(fleet.settings.brokerEndpoint)
    let queue = try await queue(of: "contact-acme", admin)
    let conversions = Contacts(pool: fleet.pool)
    let reference = try #require(Contacts.reference("ana@exemplo.com.br"))
    var received: [Message] = []
    for _ in 0..<2 {
      let changed = try await conversions.convert(
        reference,
        to: .prospect,
        in: nil,
        publish: fleet.publish
      )
      #expect(changed.standing == .prospect && changed.version == 2)
      let inbound = try #require(try await admin.get(queue))
      received.append(try Message(inbound))
    }
    #expect(received[0].id == received[1].id)
    #expect(received[0].stage == Flow.rdUpdater.stage)
    #expect(received[0].journey == Self.journey)
    let body = try received[0].body(as: ContactChanged.self)
    #expect(body == ContactChanged(contact: Self.ana, version: 2))
    try await admin.deleteQueue(queue)
    await admin.close()
    await fleet.pool.shutdown()
  }

  @Test func `a person whom several integrations know is converted only in the one that is named`()
    async throws
  {
    let fleet = try await fleet(["contact-one", "contact-two"])
    let admin = AdminLink(fleet.settings.brokerEndpoint)
    let queue = try await queue(of: "contact-two", admin)
    let conversions = Contacts(pool: fleet.pool)
    let reference = try #require(Contacts.reference("\(Self.ana)"))
    let refusal = await #expect(throws: Refusal.self) {
      try await conversions.convert(
        reference,
        to: .client,
        in: nil,
        publish: fleet.publish
      )
    }
    #expect(refusal?.kind == .invalid)
    #expect(refusal?.text.contains("contact-one, contact-two") == true)
    _ = try await conversions.convert(
      reference,
      to: .client,
      in: "contact-two",
      publish: fleet.publish
    )
    let rows = try await fleet.pool.run(
      "select standing from contact order by integration_id"
    )
    #expect(try rows.map { try $0.string(0) } == ["lead", "client"])
    let nobody = await #expect(throws: Refusal.self) {
      try await conversions.convert(
        reference,
        to: .client,
        in: "contact-three",
        publish: fleet.publish
      )
    }
    #expect(nobody?.kind == .notFound)
    try await admin.deleteQueue(queue)
    await admin.close()
    await fleet.pool.shutdown()
  }

  @Test func `a contact that an outside CRM keeps is not converted here`() async throws {
    let fleet = try await fleet(["contact-totvs"], crm: .totvs)
    let reference = try #require(Contacts.reference("\(Self.ana)"))
    await #expect(throws: Refusal.self) {
      try await Contacts(pool: fleet.pool).convert(
        reference,
        to: .client,
        in: nil,
        publish: fleet.publish
      )
    }
    let count = try await fleet.pool.run("select count(*) from contact where standing = 'lead'")
    #expect(try count[0].int(0) == 1)
    await fleet.pool.shutdown()
  }

  @Test(arguments: [("ana", false), ("ana@exemplo.com.br", true), ("", false)])
  func `a contact is named by an id or an e-mail`(text: String, isUnderstood: Bool) {
    #expect((Contacts.reference(text) != nil) == isUnderstood)
  }
}
