import OutsideCalls
import EmbeddedCRM
import Foundation
import BeltStorage
import Leads
import Postgres
import RabbitMQ
import StrictJSON
import Synchronization
import TestKit
import Testing
import WorkQueues
import Belt

/// T44: nothing of one integration is shown to, changed by or told for another, whatever is asked with
/// its ids.
@Suite(.timeLimit(.minutes(2)))
struct TenantMatrixTests {
  @Test func `every function that takes an integration or an id stands in the matrix`() throws {
    let folders = [
      "Sources/Adapters/BeltStorage/DeadLetters", "Sources/Adapters/EmbeddedCRM",
      "Sources/Adapters/OutsideCalls/Logins/CredentialStore.swift",
      "Sources/Adapters/OutsideCalls/Logins/CredentialStore+Giving.swift",
      "Sources/Adapters/OutsideCalls/Logins/CredentialStore+Refresh.swift",
    ]
    var found: Set<String> = []
    let function = try Regex(#"func (\w+)\(([^{]*?)\)\s*async"#)
    // The others only put these together.
    let operations = try SourceText.files(below: "Sources/Operations")
      .filter { $0.text.contains(/pool\s*\.(run|transaction)/) }
    #expect(operations.count > 10)
    let files = try SourceText.files(in: folders) + operations
    for file in files {
      let type = file.name.dropLast(".swift".count)
      for match in file.text.matches(of: function) {
        let parameters = match.output[2].substring ?? ""
        guard parameters.contains("integration") || parameters.contains("Identifier") else {
          continue
        }
        found.insert("\(type).\(match.output[1].substring ?? "")")
      }
    }
    let known = Set(TenantDoor.all.map(\.name)).union(TenantDoor.none.keys)
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
      _ = try await DeadLetterRecorder(pool: belt.pool).record([
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
      for door in TenantDoor.all {
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
