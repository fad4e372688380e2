import EmbeddedCRM
import BeltStorage
import Leads
import Postgres
import RDStation
import StrictJSON
import TestKit
import Testing
import Belt

@testable import Sandbox

@Suite(.timeLimit(.minutes(2)))
struct ContactFlowTests {
  /// One lead with its contact and opportunity; everything that its arrival tells RD is told.
  private func contact(
    _ belt: Belt,
    _ change: (inout Settings) -> Void = { _ in }
  ) async throws -> Identifier {
    try await belt.apply(.flow("acme", change))
    var webhooks = Webhooks()
    try await belt.run([webhooks.conversion(1, uuid: try await known(belt, 1))])
    return try await onlyContact(belt)
  }

  private func onlyContact(_ belt: Belt) async throws -> Identifier {
    let row = try #require(try await belt.pool.run("select id from contact").first)
    return try row.identifier(0)
  }

  private func convert(_ belt: Belt, _ contact: Identifier, to standing: ContactStanding)
    async throws -> ContactDesk.Contact
  {
    try #require(
      try await ContactDesk(pool: belt.pool).convert(contact, to: standing, in: "acme")
    )
  }

  private func announcement(of contact: Identifier, version: Int, by way: String = "") -> Message {
    Message(
      id: Identifier(derivedFrom: "\(contact)", "\(version)", way),
      type: ContactChanged.type,
      stage: Flow.rdUpdater.stage,
      integration: "acme",
      journey: contact,
      body: ContactChanged(contact: contact, version: version).json.encoded
    )
  }

  private func announcement(_ changed: ContactDesk.Contact, by way: String = "") -> Message {
    announcement(of: changed.id, version: changed.version, by: way)
  }

  private func conversions(_ belt: Belt) throws -> [String] {
    try belt.ledger("conversion").compactMap { $0["identifier"]?.string }
      .filter { $0.hasPrefix("Cadastro Convertido") }
  }

  private func stage(_ belt: Belt, of person: Int = 1) async throws -> LifecycleStage? {
    try await belt.client.funnel(of: .email("pessoa\(person)@exemplo.com.br"), for: "acme")?
      .lifecycleStage
  }

  /// The sandbox knows each of these people by RD's own id.
  private func known(_ belt: Belt, _ person: Int) async throws -> String? {
    let email = RDContactID.email("pessoa\(person)@exemplo.com.br")
    try await belt.client.updateContact(email, fields: ["name": "Pessoa"], for: "acme")
    return try await belt.client.contact(email, for: "acme")?.uuid
  }

  @Test(
    .behaviour("B104", "B107", "B128", "B129"),
    arguments: [
      (.prospect, "Cadastro Convertido em Prospect no CRM", .qualifiedLead),
      (.client, "Cadastro Convertido em Cliente no CRM", .client),
    ] as [(ContactStanding, String, LifecycleStage)]
  )
  func `a contact that is converted is one conversion and a stage, however often it is announced`(
    standing: ContactStanding,
    conversion: String,
    stage: LifecycleStage
  ) async throws {
    try await withBelt { belt in
      let id = try await contact(belt)
      let changed = try await convert(belt, id, to: standing)
      let again = try await convert(belt, id, to: standing)
      #expect(again == changed)
      try await belt.run([announcement(changed)], deliveries: 2)
      // The same change by another way, with another message id; and twice in one batch.
      let other = announcement(changed, by: "another way")
      let rest = try await belt.run([other, announcement(changed, by: "a third"), other])
      #expect(rest.waiting.isEmpty && rest.rejected.isEmpty)
      #expect(try conversions(belt) == [conversion])
      #expect(try await self.stage(belt) == stage)
      #expect(try await belt.count("select count(*) from effect where state <> 'confirmed'") == 0)
    }
  }

  @Test(.behaviour("B103", "B105", "B106"))
  func `a contact stands in the stage Lead, qualified in the next, and disqualified in Lead again`()
    async throws
  {
    try await withBelt { belt in
      let id = try await contact(belt)
      #expect(try await stage(belt) == .lead)
      try await belt.run([announcement(try await convert(belt, id, to: .prospect))])
      #expect(try await stage(belt) == .qualifiedLead)
      try await belt.run([announcement(try await convert(belt, id, to: .disqualified))])
      #expect(try await stage(belt) == .lead)
      #expect(try conversions(belt).count == 1)
    }
  }

  /// Two leads that are one person by the mobile number.
  private func contactOfTwo(_ belt: Belt) async throws -> Identifier {
    try await belt.apply(.flow())
    var webhooks = Webhooks()
    for person in 1...2 {
      try await belt.run([
        webhooks.conversion(
          person,
          mobile: "+55 11 97001-1234",
          uuid: try await known(belt, person)
        )
      ])
    }
    return try await onlyContact(belt)
  }

  /// The people who have the conversion, one entry each time.
  private func prospects(_ belt: Belt) throws -> [String] {
    try belt.ledger("conversion").filter {
      $0["identifier"]?.string == "Cadastro Convertido em Prospect no CRM"
    }.compactMap { $0["contact"]?.string }
  }

  @Test func `each lead of the contact is told of`() async throws {
    try await withBelt { belt in
      let id = try await contactOfTwo(belt)
      let changed = try await convert(belt, id, to: .prospect)
      try await belt.run([announcement(changed)], deliveries: 2)
      let told = try prospects(belt)
      #expect(told.count == 2 && Set(told).count == 2)
      for person in 1...2 { #expect(try await stage(belt, of: person) == .qualifiedLead) }
    }
  }

  @Test func `after an unknown outcome only the leads without the conversion are told again`()
    async throws
  {
    try await withBelt { belt in
      let id = try await contactOfTwo(belt)
      let message = announcement(try await convert(belt, id, to: .prospect))
      let fault = try #require(
        Fault([
          "route": "POST /platform/events*", "kind": "status", "status": 503, "percent": 100,
          "times": 1,
        ])
      )
      belt.sandbox.faults.replace(with: [fault], seed: 1)
      #expect(try await belt.run([message]).waiting.map(\.reason.code) == ["rd_unavailable"])
      // RD took the event of the first lead after all.
      try await belt.client.send(
        [
          .conversion(
            email: "pessoa1@exemplo.com.br",
            identifier: "Cadastro Convertido em Prospect no CRM",
            marker: "\(message.id)",
            fields: [:]
          )
        ],
        for: "acme"
      )
      #expect(try await belt.run([message]).waiting.map(\.reason.code) == ["rd_outcome_unknown"])
      try await belt.pool.run(
        "update effect set reads = 2, sent_at = now() - interval '4 minutes' where state = 'unknown'"
      )
      let rest = try await belt.run([message])
      #expect(rest.waiting.isEmpty && rest.rejected.isEmpty)
      let told = try prospects(belt)
      #expect(told.count == 2 && Set(told).count == 2)
      for person in 1...2 { #expect(try await stage(belt, of: person) == .qualifiedLead) }
    }
  }

  @Test func `an answer that was lost is read back and the conversion is not sent twice`()
    async throws
  {
    try await withBelt { belt in
      let id = try await contact(belt)
      let fault = try #require(
        Fault([
          "route": "POST /platform/events*", "kind": "drop_after_commit", "percent": 100,
          "times": 1,
        ])
      )
      let changed = try await convert(belt, id, to: .client)
      belt.sandbox.faults.replace(with: [fault], seed: 1)
      let first = try await belt.run([announcement(changed)])
      #expect(first.waiting.map(\.reason.code) == ["rd_outcome_unknown"])
      let second = try await belt.run([announcement(changed)])
      #expect(second.waiting.isEmpty && second.rejected.isEmpty)
      #expect(try conversions(belt) == ["Cadastro Convertido em Cliente no CRM"])
    }
  }

  @Test func `a late attempt does not take the stage back`() async throws {
    try await withBelt { belt in
      let id = try await contact(belt)
      let fault = try #require(
        Fault([
          "route": "POST /platform/events*", "kind": "rate_limit_1", "percent": 100, "times": 1,
        ])
      )
      let prospect = announcement(try await convert(belt, id, to: .prospect))
      belt.sandbox.faults.replace(with: [fault], seed: 1)
      #expect(try await belt.run([prospect]).waiting.map(\.reason.code) == ["rd_rate_limited"])
      try await belt.run([announcement(try await convert(belt, id, to: .client))])
      try await belt.run([prospect])
      #expect(try conversions(belt).count == 2)
      #expect(try await stage(belt) == .client)
    }
  }

  @Test(.behaviour("B129"))
  func `a sale makes the contact a client in the same step, and only a new one does`() async throws
  {
    try await withBelt { belt in
      let id = try await contact(belt)
      let row = try #require(
        try await belt.pool.run("select marker from embedded_opportunity").first
      )
      let opportunity = try row.identifier(0)
      let tagged = try #require(
        try await belt.desk.act(.tag(["vip"]), on: opportunity, in: "acme")
      )
      #expect(tagged.client == nil)
      let won = try #require(
        try await belt.desk.act(.win(value: "10"), on: opportunity, in: "acme")
      )
      let client = try #require(won.client)
      #expect(client.contact == id && client.version == 2)
      try await belt.run([announcement(of: client.contact, version: client.version)])
      #expect(try conversions(belt) == ["Cadastro Convertido em Cliente no CRM"])
      let again = try #require(
        try await belt.desk.act(.win(value: "10"), on: opportunity, in: "acme")
      )
      #expect(again.client?.version == 2)
      // What people decide after the sale stands, also when the sale is announced again.
      _ = try await convert(belt, id, to: .disqualified)
      let late = try #require(
        try await belt.desk.act(.win(value: "10"), on: opportunity, in: "acme")
      )
      #expect(late.client == nil)
      let taggedLate = try #require(
        try await belt.desk.act(.tag(["late"]), on: opportunity, in: "acme")
      )
      #expect(taggedLate.client == nil)
      #expect(
        try await belt.count("select count(*) from contact where standing = 'disqualified'") == 1
      )
    }
  }

  @Test func `a contact that no lead is gets an explanation`() async throws {
    try await withBelt { belt in
      try await belt.apply(.flow())
      let unknown = announcement(of: Identifier(derivedFrom: "nobody"), version: 2)
      let rest = try await belt.run([unknown])
      #expect(rest.waiting.isEmpty && rest.rejected.isEmpty)
      let row = try #require(try await belt.pool.run("select code from journey").first)
      #expect(try row.string(0) == "contact_unknown")
    }
  }

  @Test(arguments: ["contact", "opportunity", "email"])
  func `a contact is found by its id, by its opportunity's and by its e-mail`(way: String)
    async throws
  {
    try await withBelt { belt in
      let id = try await contact(belt)
      let row = try #require(
        try await belt.pool.run("select marker from embedded_opportunity").first
      )
      let email = try #require(EmailAddress(" PESSOA1@exemplo.com.br"))
      let reference: ContactDesk.Reference =
        switch way {
        case "contact": .id(id)
        case "opportunity": .id(try row.identifier(0))
        default: .email(email)
        }
      let desk = ContactDesk(pool: belt.pool)
      #expect(try await desk.find(reference).map(\.id) == [id])
      #expect(try await desk.find(reference, in: "beta").isEmpty)
      #expect(try await desk.journey(of: id, in: "acme") != nil)
      #expect(try await desk.contacts(in: "acme", standing: .lead).map(\.id) == [id])
      #expect(try await desk.contacts(in: "acme", standing: .client).isEmpty)
      #expect(try await desk.convert(id, to: .client, in: "beta") == nil)
    }
  }

  @Test(.behaviour("B135"))
  func `the tags of the settings reach the lead at RD Station with a conversion`() async throws {
    try await withBelt { belt in
      let id = try await contact(belt) { settings in
        settings.tags = .off
        settings.rdUpdates.tags = ["Veio-do-CRM", "esteira", "esteira"]
      }
      try await belt.run([announcement(try await convert(belt, id, to: .prospect))])
      let there = try await belt.client.contact(.email("pessoa1@exemplo.com.br"), for: "acme")
      let tags = there?.tags ?? []
      #expect(tags.contains("veio-do-crm") && tags.contains("esteira"))
    }
  }
}
