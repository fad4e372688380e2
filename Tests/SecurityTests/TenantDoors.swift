import OutsideCalls
import EmbeddedCRM
import BeltStorage
import Leads
import Postgres
import StrictJSON
import Synchronization
import Testing
import WorkQueues
import Belt

@testable import Operations

/// One way to ask the database for something of an integration.
struct TenantDoor: Sendable {
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

  static let all: [TenantDoor] = [
    TenantDoor("Journeys.journeys") { belt, id in
      try await Journeys(pool: belt.pool).journeys(of: "\(id)", in: "beta").map { "\($0)" }
    },
    TenantDoor("Journeys.latest") { belt, _ in
      try await Journeys(pool: belt.pool).latest(of: "beta", limit: 100).map { "\($0)" }
    },
    TenantDoor("Journeys.handled") { belt, id in
      try await Journeys(pool: belt.pool).handled(id, in: "beta").map { [$0] } ?? []
    },
    TenantDoor("Ledgers.list") { belt, _ in
      try await Ledgers(pool: belt.pool).list(of: "beta").map { "\($0)" }
    },
    TenantDoor("DeadLetters.find") { belt, id in
      let desk = DeadLetters(pool: belt.pool)
      return try await (desk.find([id], in: "beta") + desk.find(journeys: [id], in: "beta")).map {
        "\($0)"
      }
    },
    TenantDoor("Holds.list") { belt, _ in
      try await Holds(pool: belt.pool).list(in: "beta").items.map { "\($0)" }
    },
    TenantDoor("Holds.release") { belt, _ in
      let sent = Mutex<[String]>([])
      _ = try await Holds(pool: belt.pool).release(in: "beta") { messages in
        sent.withLock { $0 += messages.map { "\($0)" } }
      }
      return sent.withLock { $0 }
    },
    TenantDoor("Opportunities.opportunities") { belt, _ in
      try await Sales(pool: belt.pool).opportunities(in: "beta").items.map { "\($0)" }
    },
    TenantDoor("Opportunities.pipeline") { belt, id in
      try await [Sales(pool: belt.pool).pipeline(of: id, in: "beta")].compactMap(\.self)
    },
    TenantDoor("ContactDesk.find") { belt, id in
      let email = try #require(EmailAddress("pessoa1@exemplo.com.br"))
      let desk = ContactDesk(pool: belt.pool)
      let byID = try await desk.find(.id(id), in: "beta").map { "\($0.id) acme" }
      return try await byID + desk.find(.email(email), in: "beta").map { "\($0)" }
    },
    TenantDoor("ContactDesk.contacts") { belt, _ in
      try await ContactDesk(pool: belt.pool).contacts(in: "beta").map { "\($0)" }
    },
    TenantDoor("ContactDesk.convert") { belt, id in
      try await [ContactDesk(pool: belt.pool).convert(id, to: .disqualified, in: "beta")]
        .compactMap(\.self).map { "\($0) acme" }
    },
    TenantDoor("ContactDesk.journey") { belt, id in
      try await [ContactDesk(pool: belt.pool).journey(of: id, in: "beta")].compactMap(\.self)
        .map { "\($0)" }
    },
    TenantDoor("SalesDesk.act") { belt, id in
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
    // Bound to beta, whatever of acme's it is asked.
    TenantDoor("EmbeddedCRM.find") { belt, id in
      let crm = EmbeddedCRM(pool: belt.pool, integration: "beta")
      let record = CRMRecord(id: "\(id)")
      let field = FieldValue(name: "x", values: ["y"])
      let revision = OpportunityRevision(record: record, fields: [field], history: [])
      _ = await crm.revise([revision])
      _ = await crm.attach([OpportunityHistory(of: record, [])])
      _ = await crm.setTags([TagChange(of: record, to: ["x"], read: ["feira"])])
      _ = await crm.put([RecordDraft(.contact, id: id, owner: "x", fields: [field])])
      var shown = try await crm.read([record]).compactMap { try $0.get() }.map { "\($0) acme" }
      // The marker names the record; the same one in another integration is another record.
      let drafts = try await belt.pool.run(
        "select draft from opportunity where integration_id = 'acme' and id = \(id)"
      )
      guard let draft = try drafts.first.map({ OpportunityDraft(json: try $0.json(0)) }) ?? nil
      else { return shown }
      shown += try await crm.find(markers: [id]).compactMap { try $0.get() }.map { "\($0) acme" }
      let before = try await belt.rows(of: "acme")["embedded_opportunity"]
      _ = await crm.create([draft])
      try await belt.pool.run(
        "delete from embedded_opportunity where integration_id = 'beta' and marker = \(id)"
      )
      if try await belt.rows(of: "acme")["embedded_opportunity"] != before { shown.append("acme") }
      return shown
    },
    TenantDoor("Rehearsals.archived") { belt, _ in
      var shown: [String] = []
      try await Rehearsals(pool: belt.pool).archived(of: "beta", days: 36_500) { page in
        shown += page.map { String(decoding: $0.message.body, as: UTF8.self) }
      }
      return shown
    },
    TenantDoor("StrandedMessages.list") { belt, _ in
      try await StrandedMessages(pool: belt.pool).list(in: "beta", minutes: 0).map { "\($0)" }
    },
    TenantDoor("ReconciliationStatements.crmBook") { belt, _ in
      ["\(try await ReconciliationStatements(pool: belt.pool).crmBook(of: "beta"))"]
    },
    TenantDoor("ReconciliationStatements.rdUpdates") { belt, _ in
      try await ReconciliationStatements(pool: belt.pool)
        .rdUpdates(of: "beta", since: nil, until: "2999-01-01", grace: 0).map { "\($0)" }
    },
    TenantDoor("ReconciliationStatements.known") { belt, id in
      try await ReconciliationStatements(pool: belt.pool).known([id], in: "beta").map {
        "\($0) acme"
      }
    },
    TenantDoor("SettingsVersions.current") { belt, _ in
      try await [SettingsVersions(pool: belt.pool).current("beta")].compactMap(\.self).map {
        "\($0)"
      }
    },
    TenantDoor("SettingsVersions.versions") { belt, _ in
      try await SettingsVersions(pool: belt.pool).versions(of: "beta").map { "\($0)" }
    },
    TenantDoor("SettingsVersions.stored") { belt, _ in
      try await [SettingsVersions(pool: belt.pool).stored("beta")].compactMap(\.self).map {
        "\($0)"
      }
    },
    TenantDoor("CredentialStore.login") { belt, _ in
      try await [CredentialStore(pool: belt.pool, key: Belt.key).login(of: "beta")]
        .compactMap(\.self).map { "\($0)" }
    },
    TenantDoor("CredentialStore+Giving.store") { belt, _ in
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
  static let none: [String: String] = [
    "BulkActions.action": "an operation is the operator's, over what its filter froze",
    "BulkActions.required": "is BulkActions.action with a refusal",
    "DeadLetters.required": "is DeadLetters.find with a refusal",
    "DeadLetters+Editing.edit": "writes what DeadLetters.find showed, by its whole key",
    "DeadLetters+Settling.retry": "sends what DeadLetters.find showed, by its whole key",
    "DeadLetters+Settling.discard": "writes what DeadLetters.find showed, by its whole key",
    "Logins.replace": "is LoginTrial, for the integration that it is about",
    "Logins.replaceAtCRM": "is LoginTrial, for the integration that it is about",
    "Logins.carryOut": "is LoginTrial, for the integration that it is about",
    "Logins.application": "is CredentialStore.login with a refusal",
    "Logins.trying": "is LoginTrial, for the integration that it is about",
    "Rehearsals.settings": "is SettingsVersions.current with a refusal",
    "SettingsVersions.required": "is SettingsVersions.stored with a refusal",
    "SettingsVersions.row": "is a part of SettingsVersions.stored and current",
    "BulkActions.move": "an operation is the operator's, over what its filter froze",
    "BulkActions.shares": "is a part of planning an operation",
    "BulkActions.claim": "is a part of running an operation",
    "BulkActions.release": "is a part of running an operation",
    "BulkActionRunner.settle": "is a part of running an operation",
    "Opportunities.origin": "tells the operator whose an opportunity is",
    "Journeys.known": "is a part of Journeys.journeys",
    "Journeys.keptOut": "is a part of Journeys.journeys",
    "Journeys.putAside": "is a part of Journeys.journeys",
    "CredentialStore+Giving.offer": "writes one row by its whole key, for a trial alone",
    "CredentialStore+Giving.offered":
      "is a part of LoginTrial, for the integration that it is about",
    "CredentialStore+Giving.users": "tells the operator whose login was given",
    "CredentialStore+Refresh.claimRefresh":
      "writes one row by its whole key, for the refresh alone",
    "CredentialStore+Refresh.spares": "is a part of RefreshedLogins, for the refresh alone",
    "CredentialStore+Refresh.refused": "writes one row by its whole key, for the refresh alone",
    "CredentialStore+Refresh.revived": "writes one row by its whole key, for the refresh alone",
  ]
}
