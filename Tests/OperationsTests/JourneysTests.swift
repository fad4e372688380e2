import Leads
import Postgres
import Samples
import StrictJSON
import TestKit
import Testing
import Belt

@testable import BeltStorage
@testable import Operations

@Suite struct JourneyReaderTests {
  private let lead = Identifier(derivedFrom: "lead")
  private let event = Identifier(derivedFrom: "event")
  private let journey = Identifier(derivedFrom: "journey")
  private let opportunity = Identifier(derivedFrom: "opportunity")
  private let contact = Identifier(derivedFrom: "contact")

  /// One lead with a conversion that became an opportunity; RD Station has still to be told.
  private func story(in pool: PostgresPool) async throws {
    _ = try await SettingsVersions(pool: pool).apply(.sample(), source: "", actor: "test")
    let waiting = Identifier(derivedFrom: "waiting")
    let follows = #"[{"id":"\#(waiting)","stage":"rd-updater"}]"#
    try await pool.run([
      """
      insert into arrival
        (integration_id, journey_id, message_id, position, arrived_at, state, event_id)
      values ('acme', \(journey)::uuid, \(Identifier(derivedFrom: "message"))::uuid, 0,
        '2026-03-02T12:00:00.5Z', 'accepted', \(event)::uuid)
      """,
      """
      insert into lead (integration_id, id, rd_uuid, email_key, profile, contact_id, source_at)
      values ('acme', \(lead)::uuid, 'c2f3d2b3-7250-4d27-97f4-eef38be32f7f', 'ana@example.com',
        '{"name":"Ana Souza","email":"Ana@example.com"}', \(contact)::uuid, now())
      """,
      """
      insert into conversion (integration_id, id, lead_id, journey_id, kind, identifier, origin,
        arrived_at, first_import)
      values ('acme', \(event)::uuid, \(lead)::uuid, \(journey)::uuid, 'conversion', 'orcamento',
        'google / cpc', '2026-03-02T12:00:00.5Z', true)
      """,
      """
      insert into identity (integration_id, kind, value, subject_id)
      values ('acme', 'mobile', '5511998765432', \(contact)::uuid)
      """,
      """
      insert into opportunity (integration_id, id, event_id, lead_id, contact_id, trigger_place,
        pipeline, stage, owner, draft)
      values ('acme', \(opportunity)::uuid, \(event)::uuid, \(lead)::uuid, \(contact)::uuid, 1,
        'Vendas', 'Novo', 'ana@acme.example', '{}')
      """,
      """
      insert into receipt (integration_id, message_id, stage, journey_id, outcome, follows, follow_ids)
      values ('acme', \(Identifier(derivedFrom: "c"))::uuid, 'centralizer', \(journey)::uuid, 'done',
        \(follows), \([waiting])::uuid[])
      """,
      """
      insert into journey (integration_id, journey_id, at, stage, code, sentence, config_version)
      values
        ('acme', \(journey)::uuid, '2026-03-02T12:00:02Z', 'centralizer', 'centralized', 'Second.', 3),
        ('acme', \(journey)::uuid, '2026-03-02T12:00:01Z', 'lead-importer', 'imported', 'First.', 3)
      """,
    ])
  }

  @Test func `a lead is found by whatever names it`() async throws {
    let pool = try await migratedPool()
    try await story(in: pool)
    let reader = Journeys(pool: pool)
    let names = [
      "ana@example.com", " ANA@Example.com", "+55 (11) 99876-5432", "11 99876-5432",
      "c2f3d2b3-7250-4d27-97f4-eef38be32f7f", "\(lead)", "\(event)", "\(journey)",
      "\(opportunity)", "\(contact)",
    ]
    for name in names {
      let found = try await reader.journeys(of: name)
      #expect(found.map(\.id) == [journey], "\(name)")
    }
    for name in ["bia@example.com", "11 91111-1111", "\(Identifier(derivedFrom: "x"))", "?"] {
      #expect(try await reader.journeys(of: name) == [], "\(name)")
    }
    #expect(try await reader.journeys(of: "ana@example.com", in: "other") == [])
    await pool.shutdown()
  }

  @Test(.behaviour("B221"))
  func `a journey tells its lines in order, what is on its way and what died`()
    async throws
  {
    let pool = try await migratedPool()
    try await story(in: pool)
    try await DeadLetterRecorder(pool: pool).record([
      (.sample("dead", stage: .tagSync, journey: journey), Reason("x", "Why."))
    ])
    let found = try #require(
      try await Journeys(pool: pool).journeys(of: "ana@example.com").first
    )
    #expect(found.arrivedAt == "2026-03-02T12:00:00.500Z")
    #expect(found.kind == "conversion")
    #expect(found.identifier == "orcamento")
    #expect(found.origin == "google / cpc")
    #expect(found.name == "Ana Souza")
    #expect(found.lines.map(\.sentence) == ["First.", "Second."])
    #expect(found.lines.map(\.configVersion) == [3, 3])
    #expect(found.onItsWay == ["rd-updater"])
    #expect(found.opportunity?.pipeline == "Vendas")
    #expect(found.deadLetters.map(\.reason.code) == ["x"])
    await pool.shutdown()
  }

  @Test func `a journey tells apart what RD Station confirmed and what it was not told`()
    async throws
  {
    let pool = try await migratedPool()
    try await story(in: pool)
    func effect(_ name: String, _ state: String, _ reason: String?, _ update: RDUpdate) -> SQL {
      """
      insert into effect (integration_id, id, journey_id, kind, subject_id, state, plan, reason)
      values ('acme', \(Identifier(derivedFrom: name))::uuid, \(journey)::uuid, 'rd.events',
        \(opportunity)::uuid, \(state), \(update.json.text)::jsonb, \(reason))
      """
    }
    let reader = Journeys(pool: pool)
    #expect(try await reader.journeys(of: "ana@example.com").first?.opportunity?.status == nil)
    try await pool.run([
      effect("1", "confirmed", "rd_told", RDUpdate(events: [.opportunity])),
      effect(
        "2",
        "confirmed",
        "rd_contact_not_found",
        RDUpdate(events: [.sale(value: "10.00")], lifecycleStage: .client)
      ),
      effect("3", "parked", "rd_outcome_undecidable", RDUpdate(events: [.lost(reason: nil)])),
      """
      insert into embedded_opportunity (integration_id, id, marker, title, contact_id, pipeline, stage,
        owner, status, tags, fields, history)
      values ('acme', \(opportunity)::uuid, \(opportunity)::uuid, 'Ana', \(contact)::uuid, 'Vendas',
        'Proposta', 'ana@acme.example', 'won', '[]', '{}', '[]')
      """,
    ])
    let found = try #require(try await reader.journeys(of: "ana@example.com").first)
    #expect(found.told.sorted() == ["opportunity mark", "sale of 10.00"])
    #expect(found.unsettled.map(\.what) == ["stage “Client”", "loss"])
    #expect(found.unsettled.map(\.state) == ["failed", "parked"])
    #expect(found.opportunity?.status == "won")
    #expect(found.opportunity?.stage == "Proposta")
    await pool.shutdown()
  }

  @Test func `what a stage says once stands in a journey once, however often it is said`()
    async throws
  {
    let pool = try await migratedPool()
    try await story(in: pool)
    func record(_ stage: Flow, _ settled: Settled...) async throws {
      try await pool.run(Receipts.writing(settled, at: stage).statements)
    }
    let agree = Reason("tags_agree", "Both sides hold the same tags.")
    func said(_ name: String, once: Bool) -> Settled {
      .done(.sample(name, stage: .tagSync, journey: journey), agree, isSaidOnce: once)
    }
    try await record(.tagSync, said("1", once: true), said("2", once: true))
    try await record(.tagSync, said("3", once: true))
    // Another stage's words are its own.
    try await record(.rdUpdater, said("4", once: true))
    let reader = Journeys(pool: pool)
    func stages() async throws -> [String] {
      try await reader.journeys(of: "ana@example.com").flatMap(\.lines)
        .filter { $0.code == "tags_agree" }.map(\.stage)
    }
    #expect(try await stages() == ["tag-sync", "rd-updater"])
    try await record(.tagSync, said("5", once: false))
    #expect(try await stages() == ["tag-sync", "rd-updater", "tag-sync"])
    await pool.shutdown()
  }

  @Test(.behaviour("B221"))
  func `a lead that was refused is found by its address in the stored body`()
    async throws
  {
    let pool = try await migratedPool()
    _ = try await SettingsVersions(pool: pool).apply(.sample(), source: "", actor: "test")
    let message = Message(
      id: Identifier(derivedFrom: "webhook"),
      type: WebhookReceived.type,
      stage: Flow.leadImporter.stage,
      integration: "acme",
      journey: Identifier(derivedFrom: "webhook"),
      body: Array(
        """
        {"leads":[{"id":"1","uuid":"c2f3d2b3-7250-4d27-97f4-eef38be32f7f","email":"Bia@concorrente.com.br",
        "name":"Bia","last_conversion":{"content":{"conversion_identifier":"orcamento"},
        "created_at":"2026-03-02T09:00:00.000-03:00"}}]}
        """.utf8
      )
    )
    let own = try #require(WebhookContent(of: message).leads.first)
    try await pool.run([
      """
      insert into webhook_archive (integration_id, message_id, received_at, body_sha256, body)
      values ('acme', \(message.id)::uuid, now(), '\\x00'::bytea, \(message.body)::bytea)
      """,
      """
      insert into arrival
        (integration_id, journey_id, message_id, position, arrived_at, state, reason)
      values ('acme', \(own.journey)::uuid, \(message.id)::uuid, 0, now(), 'ignored', 'email_domain')
      """,
      """
      insert into journey (integration_id, journey_id, at, stage, code, sentence)
      values ('acme', \(own.journey)::uuid, now(), 'lead-importer', 'email_domain', 'Refused.')
      """,
    ])
    let reader = Journeys(pool: pool)
    let found = try await reader.journeys(of: "bia@concorrente.com.br")
    #expect(found.map(\.arrivalReason) == ["email_domain"])
    #expect(found.flatMap(\.lines).map(\.sentence) == ["Refused."])
    #expect(try await reader.journeys(of: "ia@concorrente.com.br") == [])
    await pool.shutdown()
  }
}
