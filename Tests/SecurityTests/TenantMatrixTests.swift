import EmbeddedCRM
import Foundation
import LeadStorage
import Leads
import Postgres
import RabbitMQ
import StrictJSON
import Synchronization
import TestKit
import Testing
import WorkQueues
import Workers

/// T44: nothing of one integration is shown to, changed by or told for another, whatever is asked with
/// its ids.
@Suite(.timeLimit(.minutes(2)))
struct TenantMatrixTests {
  /// One way to ask the database for something of an integration.
  struct Door: Sendable {
    /// The type and the function.
    let name: String
    /// Asks as `beta` with one of acme's ids; gives all that was shown.
    let ask: @Sendable (Belt, Identifier) async throws -> [String]

    init(
      _ name: String,
      _ ask: @escaping @Sendable (Belt, Identifier) async throws -> [String]
    ) {
      self.name = name
      self.ask = ask
    }
  }

  static let since = "2000-01-01"

  static let doors: [Door] = [
    Door("JourneyReader.journeys") { belt, id in
      try await JourneyReader(pool: belt.pool).journeys(of: "\(id)", in: "beta").map { "\($0)" }
    },
    Door("JourneyReader.latest") { belt, _ in
      try await JourneyReader(pool: belt.pool).latest(of: "beta", limit: 100).map { "\($0)" }
    },
    Door("BooksReader.arrivals") { belt, _ in
      try await BooksReader(pool: belt.pool).arrivals(of: "beta", since: since).map { "\($0)" }
    },
    Door("BooksReader.countArrivals") { belt, _ in
      let count = try await BooksReader(pool: belt.pool).countArrivals(of: "beta", since: since)
      return count == 1 ? [] : ["\(count)"]
    },
    Door("BooksReader.countSettled") { belt, id in
      try await BooksReader(pool: belt.pool).countSettled([id], of: "beta") == 0 ? [] : ["\(id)"]
    },
    Door("BooksReader.opportunities") { belt, _ in
      try await BooksReader(pool: belt.pool).opportunities(of: "beta", since: since).map { "\($0)" }
    },
    Door("BooksReader.rdEffects") { belt, _ in
      try await BooksReader(pool: belt.pool).rdEffects(of: "beta", since: since).map { "\($0)" }
    },
    Door("LedgerReader.ledgers") { belt, _ in
      try await LedgerReader(pool: belt.pool).ledgers(of: "beta").map { "\($0)" }
    },
    Door("DeadLetterDesk.open") { belt, _ in
      try await DeadLetterDesk(pool: belt.pool).open(in: "beta").map { "\($0)" }
    },
    Door("DeadLetterDesk.find") { belt, id in
      let desk = DeadLetterDesk(pool: belt.pool)
      return try await (desk.find([id], in: "beta") + desk.find(journeys: [id], in: "beta")).map {
        "\($0)"
      }
    },
    Door("HoldDesk.waiting") { belt, _ in
      try await HoldDesk(pool: belt.pool).waiting(in: "beta").map { "\($0)" }
    },
    Door("HoldDesk.dueCount") { belt, _ in
      try await HoldDesk(pool: belt.pool).dueCount(in: "beta") == 0 ? [] : ["due"]
    },
    Door("HoldDesk.release") { belt, _ in
      let sent = Mutex<[String]>([])
      _ = try await HoldDesk(pool: belt.pool).release(in: "beta") { messages in
        sent.withLock { $0 += messages.map { "\($0)" } }
      }
      return sent.withLock { $0 }
    },
    Door("OpportunityListing.all") { belt, _ in
      try await OpportunityListing.all(in: belt.pool, integration: "beta").map { "\($0)" }
    },
    Door("OpportunityListing.pipeline") { belt, id in
      try await [OpportunityListing.pipeline(of: id, in: "beta", belt.pool)].compactMap(\.self)
    },
    Door("ContactDesk.find") { belt, id in
      let email = try #require(EmailAddress("pessoa1@exemplo.com.br"))
      let desk = ContactDesk(pool: belt.pool)
      let byID = try await desk.find(.id(id), in: "beta").map { "\($0.id) acme" }
      return try await byID + desk.find(.email(email), in: "beta").map { "\($0)" }
    },
    Door("ContactDesk.contacts") { belt, _ in
      try await ContactDesk(pool: belt.pool).contacts(in: "beta").map { "\($0)" }
    },
    Door("ContactDesk.convert") { belt, id in
      try await [ContactDesk(pool: belt.pool).convert(id, to: .disqualified, in: "beta")]
        .compactMap(\.self).map { "\($0) acme" }
    },
    Door("ContactDesk.journey") { belt, id in
      try await [ContactDesk(pool: belt.pool).journey(of: id, in: "beta")].compactMap(\.self)
        .map { "\($0)" }
    },
    Door("SalesDesk.act") { belt, id in
      let desk = SalesDesk(pool: belt.pool)
      var shown: [String] = []
      for action: SalesDesk.Action in [
        .win(value: "9.99"), .lose(reason: "x"), .move(stage: "Proposta"), .tag(["x"]),
      ] {
        if let changed = try await desk.act(action, on: id, in: "beta") {
          shown.append("\(changed) acme")
        }
      }
      return shown
    },
    Door("EmbeddedCRM.create") { belt, id in
      // The marker names the record; the same one in another integration is another record.
      let draft =
        try await belt.pool.run(
          "select draft from opportunity where integration_id = 'acme' and id = \(id)"
        ).first.map { OpportunityDraft(json: try $0.json(0)) } ?? nil
      guard let draft else { return [] }
      let before = try await belt.rows(of: "acme")["embedded_opportunity"]
      _ = await EmbeddedCRM(pool: belt.pool).create([draft], in: "beta")
      try await belt.pool.run(
        "delete from embedded_opportunity where integration_id = 'beta' and marker = \(id)"
      )
      return try await belt.rows(of: "acme")["embedded_opportunity"] == before ? [] : ["acme"]
    },
    Door("EmbeddedCRM.read") { belt, id in
      try await EmbeddedCRM(pool: belt.pool).read([CRMRecord(id: "\(id)")], in: "beta")
        .compactMap(\.self).map { "\($0) acme" }
    },
    Door("EmbeddedCRM.setTags") { belt, id in
      try await EmbeddedCRM(pool: belt.pool)
        .setTags(["x"], of: CRMRecord(id: "\(id)"), in: "beta")
      return []
    },
    Door("EmbeddedCRM.revise") { belt, id in
      let revision = OpportunityRevision(
        record: CRMRecord(id: "\(id)"),
        fields: [FieldValue(name: "x", values: ["y"])],
        history: []
      )
      _ = await EmbeddedCRM(pool: belt.pool).revise([revision], in: "beta")
      return []
    },
    Door("RehearsalReader.archived") { belt, _ in
      var shown: [String] = []
      try await RehearsalReader(pool: belt.pool).archived(of: "beta", days: 36_500) { page in
        shown += page.map { String(decoding: $0.message.body, as: UTF8.self) }
      }
      return shown
    },
    Door("SettingsStore.current") { belt, _ in
      try await [SettingsStore(pool: belt.pool).current("beta")].compactMap(\.self).map { "\($0)" }
    },
    Door("SettingsStore.versions") { belt, _ in
      try await SettingsStore(pool: belt.pool).versions(of: "beta").map { "\($0)" }
    },
    Door("SettingsStore.stored") { belt, _ in
      try await [SettingsStore(pool: belt.pool).stored("beta")].compactMap(\.self).map { "\($0)" }
    },
    Door("CredentialStore.login") { belt, _ in
      try await [CredentialStore(pool: belt.pool, key: Belt.key).login(of: "beta")]
        .compactMap(\.self).map { "\($0)" }
    },
    Door("CredentialStore.store") { belt, _ in
      try await CredentialStore(pool: belt.pool, key: Belt.key).store(
        integration: "beta",
        clientID: "other",
        clientSecret: "other",
        refreshToken: "sandbox-refresh-beta"
      )
      return []
    },
  ]

  /// Functions that take an id or an integration and are no doors, and why.
  static let noDoors: [String: String] = [
    "OpportunityListing.origin": "tells the operator whose an opportunity is",
    "JourneyReader.known": "is a part of JourneyReader.journeys",
    "JourneyReader.keptOut": "is a part of JourneyReader.journeys",
    "CredentialStore.claimRefresh": "writes one row by its whole key, for the refresh alone",
    "CredentialStore.refreshed": "writes one row by its whole key, for the refresh alone",
    "CredentialStore.releaseClaim": "writes one row by its whole key, for the refresh alone",
  ]

  @Test func `every function that takes an integration or an id stands in the matrix`() throws {
    let folders = [
      "Sources/Adapters/LeadStorage/Operating", "Sources/Adapters/EmbeddedCRM",
      "Sources/Adapters/LeadStorage/CredentialStore.swift",
    ]
    var found: Set<String> = []
    let function = try Regex(#"func (\w+)\(([^{]*?)\)\s*async"#)
    for file in try SourceText.files(in: folders) {
      let type = file.name.dropLast(".swift".count)
      for match in file.text.matches(of: function) {
        let parameters = match.output[2].substring ?? ""
        guard parameters.contains("integration") || parameters.contains("Identifier") else {
          continue
        }
        found.insert("\(type).\(match.output[1].substring ?? "")")
      }
    }
    let known = Set(Self.doors.map(\.name)).union(Self.noDoors.keys)
    #expect(found.subtracting(known) == [], "add these to the doors")
    #expect(known.subtracting(found) == [], "these are gone")
  }

  /// Two integrations with the same people, the same conversions and different settings.
  private func withTwo(_ body: @Sendable @escaping (Belt, [Identifier]) async throws -> Void)
    async throws
  {
    try await withBelt { belt in
      try await belt.apply(.secure("acme"))
      try await belt.apply(.secure("beta"))
      try await belt.run([
        Webhook.conversion(of: 1), Webhook.conversion(of: 1, integration: "beta"),
      ])
      // What waits and what was given up, in acme alone.
      try await belt.apply(
        .secure("acme") {
          $0.catalogue.fields = [.init(name: "empresa", type: .choice, options: ["Outra"])]
          $0.fields = [
            FieldMapping(crm: "empresa", rd: "company", fallback: nil, onMismatch: .hold)
          ]
        }
      )
      let broken = Webhook.message(Array("{}".utf8), "broken")
      _ = try await DeadLetterDesk(pool: belt.pool).record([
        (broken, Reason("canary", "Given up in acme."))
      ])
      try await belt.run([Webhook.conversion(of: 2)])
      #expect(try await belt.count("select count(*) from held") == 1)
      let ids = try await Self.ids(of: "acme", belt)
      #expect(ids.count > 20)
      try await body(belt, ids)
    }
  }

  /// Every identifier that stands in a row of the integration.
  private static func ids(of integration: String, _ belt: Belt) async throws -> [Identifier] {
    let uuid = try Regex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
    func found(_ integration: String) async throws -> Set<Identifier> {
      let text = try await belt.rows(of: integration).values.joined().joined(separator: "\n")
      return Set(text.matches(of: uuid).compactMap { Identifier(text[$0.range]) })
    }
    // A person of RD Station has the same uuid in both.
    return try await found("acme").subtracting(found("beta")).sorted { "\($0)" < "\($1)" }
  }

  @Test(.behaviour("B181"))
  func `no door shows or changes anything of another integration, whatever id is asked for`()
    async throws
  {
    try await withTwo { belt, ids in
      let before = try await belt.rows(of: "acme")
      let told = try belt.ledger().count
      for door in Self.doors {
        for id in ids {
          let shown = try await door.ask(belt, id).joined(separator: "\n")
          #expect(!shown.contains("acme"), "\(door.name) \(id)")
          for other in ids where shown.contains("\(other)") {
            Issue.record("\(door.name) shows \(other) when asked for \(id)")
          }
        }
        #expect(try await belt.rows(of: "acme") == before, "\(door.name)")
      }
      #expect(try belt.ledger().count == told)
    }
  }

  @Test func `a message of one integration that names records of another does nothing to them`()
    async throws
  {
    try await withTwo { belt, ids in
      let before = try await belt.rows(of: "acme")
      let told = try belt.ledger().count
      let opportunities = try await belt.count("select count(*) from opportunity")
      // Everything that acme's stages were sent, as if it were beta's.
      let sent = Set(belt.wire.messages.map(\.messageID))
      let stored = belt.wire.stages.filter {
        $0.integration == "acme" && $0.stage != Flow.leadImporter.stage
      }
      #expect(Set(stored.map(\.stage)).count == 4 && sent.count > 8)
      var foreign = stored.map { message in
        var copy = message
        copy.integration = "beta"
        copy.id = Identifier(derivedFrom: "foreign", "\(message.id)")
        return copy
      }
      // And everything that a CRM may name in its webhook.
      foreign += ids.map { id in
        Message(
          id: Identifier(derivedFrom: "hook", "\(id)"),
          type: CRMHookReceived.type,
          stage: Flow.rdUpdater.stage,
          integration: "beta",
          journey: id,
          body: Array(#"{"opportunity":"\#(id)"}"#.utf8)
        )
      }
      belt.wire.forget()
      try await belt.run(foreign)
      #expect(try await belt.rows(of: "acme") == before)
      #expect(try await belt.count("select count(*) from opportunity") == opportunities)
      #expect(try belt.ledger().count == told, "RD Station is told nothing")
      #expect(belt.wire.stages.allSatisfy { $0.integration == "beta" })
      for parked in belt.wire.parked { #expect(!parked.reason.sentence.contains("acme")) }
    }
  }

  @Test func `a login that is copied to another integration does not open`() async throws {
    try await withTwo { belt, _ in
      try await belt.pool.run(
        """
        update credential set sealed = (select sealed from credential where integration_id = 'acme')
        where integration_id = 'beta'
        """
      )
      let error = await #expect(throws: CredentialFault.self) {
        try await CredentialStore(pool: belt.pool, key: Belt.key).login(of: "beta")
      }
      #expect(error.map { "\($0)".contains("acme") } == false)
    }
  }

  @Test func `no address of a hook opens another integration's door`() throws {
    let secret = try #require(HookToken.Secret(Belt.key))
    let names = try ["acme", "beta", "acme-2", "acm", "acme1"].map {
      try #require(IntegrationName($0))
    }
    for own in names {
      for kind in HookToken.Kind.allCases {
        let token = HookToken(kind, of: own, secret: secret).text
        for other in names {
          for asked in HookToken.Kind.allCases {
            #expect(
              HookToken.isValid(token, asked, of: other, secret: secret)
                == (other == own && asked == kind)
            )
          }
        }
      }
    }
  }
}
