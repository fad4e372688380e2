import AsyncHTTPClient
import Belt
import Bootstrap
import FoundationEssentials
import Leads
import Logging
import NIOCore
import NIOHTTP1
import Operations
import OutsideCalls
import SettingsDocument
import StrictJSON
import Synchronization
import Testing

@testable import Sandbox

/// A vendor of a CRM outside, as its customer meets it: a document, an account with sellers in it, webhooks.
enum OutsideVendor: String, Sendable, CaseIterable {
  case rdStationCRM = "rd_station_crm v1"
  case rdStationCRM2 = "rd_station_crm v2"
  case totvs, datacrm

  private var kind: String { String(rawValue.prefix { $0 != " " }) }

  /// Without users, pipelines and fields: those are the CRM's to tell.
  func document(stage: String? = nil, login: String? = nil) -> String {
    """
    integration: acme
    rd_station: { account: acme, client_id: env:A, client_secret: env:B, refresh_token: env:C }
    crm:
      kind: \(kind)
      address: env:CRM_ADDRESS
      login: \(login ?? self.login)
      default_user: \(user)
    triggers:
      - when: { opportunity_mark: true }
        owner: { user: \(user) }
        pipeline: \(pipeline)
        stage: \(stage ?? self.stage)
    tags: { direction: both\(tags) }
    """
  }

  private var login: String {
    switch self {
    case .rdStationCRM: "{ token: env:T }"
    case .rdStationCRM2: "{ client_id: env:ID, client_secret: env:SECRET, refresh_token: env:R }"
    case .totvs: "{ user: env:U, password: env:P, tenant: env:N }"
    case .datacrm: "{ user: env:DU, access_key: env:K }"
    }
  }

  private var user: String { self == .datacrm ? "rdstation@acme.com.br" : "bia@acme.com.br" }
  private var pipeline: String { self == .datacrm ? "Negocios" : "Vendas" }
  private var stage: String { self == .datacrm ? "Nuevo" : "Novo" }
  private var tags: String { self == .totvs ? ", crm: opportunity.tagsRD" : "" }

  func environment(_ belt: Belt) -> [String: String] {
    let account = belt.sandbox.rdCRM.account("acme")
    let path =
      switch self {
      case .rdStationCRM, .rdStationCRM2: "rdcrm"
      case .totvs: "totvs"
      case .datacrm: "datacrm/acme"
      }
    return [
      "CRM_ADDRESS": "\(belt.root)/\(path)", "T": account.books.withLock { $0.users[0].token },
      "ID": "sandbox-client", "SECRET": "sandbox-secret",
      "R": account.books.withLock { $0.login.refreshToken }, "U": "integracao@acme.example",
      "P": "sandbox-secret", "N": "acme", "DU": "rdstation", "K": "sandbox-key-rdstation-acme",
      "A": "sandbox-client", "B": "sandbox-secret", "C": "sandbox-refresh-acme",
    ]
  }

  /// The opportunities in the vendor's own books.
  func opportunities(_ belt: Belt) throws -> [String] {
    switch self {
    case .rdStationCRM, .rdStationCRM2:
      return belt.sandbox.rdCRM.account("acme").books.withLock { Array($0.deals.keys) }
    case .totvs:
      let tenant = try belt.sandbox.totvs.tenant(named: "acme")
      return tenant.state.withLock { ($0.records[.opportunities] ?? []).map(\.id) }
    case .datacrm:
      let account = belt.sandbox.dataCRM.account("acme")
      return account.state.withLock { $0.records(of: "Potentials").map(\.id) }
    }
  }

  /// A seller wins it on the screen.
  func win(_ id: String, _ belt: Belt) async throws {
    switch self {
    case .rdStationCRM, .rdStationCRM2:
      let crm = belt.sandbox.rdCRM
      try crm.perform(.win(deal: id, value: "1500.00"), in: crm.account("acme"))
    case .totvs:
      let totvs = belt.sandbox.totvs
      try totvs.act(
        .win(value: "1500.00"),
        on: id,
        of: .opportunities,
        in: try totvs.tenant(named: "acme")
      )
    case .datacrm:
      try await belt.press(
        "/datacrm/screen/deals/win",
        ["account": "acme", "id": .string(id), "amount": "1500.00"]
      )
    }
  }

  /// A seller puts these tags on it.
  func tag(_ id: String, _ tags: [String], _ belt: Belt) async throws {
    switch self {
    case .rdStationCRM, .rdStationCRM2:
      let crm = belt.sandbox.rdCRM
      try crm.perform(.tag(deal: id, tags: tags), in: crm.account("acme"))
    case .totvs:
      let totvs = belt.sandbox.totvs
      try totvs.act(
        .fill(field: "tagsRD", value: .string(tags.joined(separator: ","))),
        on: id,
        of: .opportunities,
        in: try totvs.tenant(named: "acme")
      )
    case .datacrm:
      try await belt.press(
        "/datacrm/screen/deals/tag",
        ["account": "acme", "id": .string(id), "tags": .array(tags.map(JSON.string))]
      )
    }
  }

  /// What the vendor posts when a person has changed it.
  func hook(of id: String) -> JSON {
    switch self {
    case .rdStationCRM, .rdStationCRM2:
      [
        "transaction_uuid": "00000000-0000-4000-8000-000000000001",
        "event_name": "crm_deal_updated", "document": ["id": .string(id)],
      ]
    case .totvs:
      [
        "eventId": "00000000-0000-4000-8000-000000000001",
        "source": [
          "object": ["contextUrl": "/api/v1/opportunity/opportunities"],
          "row": ["id": .string(id)],
        ],
      ]
    case .datacrm: ["id": .string(id)]
    }
  }
}

extension Belt {
  /// Where the sandbox's simulators stand.
  var root: String { String(baseURL.dropLast("/rd".count)) }

  func press(_ path: String, _ body: JSON) async throws {
    var request = HTTPClientRequest(url: root + path)
    request.method = .POST
    request.body = .bytes(body.encoded)
    let response = try await http.execute(request, timeout: .seconds(5))
    try #require(response.status.code < 300)
  }

  /// The fleet of these tests, as a command of the operator opens it.
  func fleet() async throws -> Fleet {
    let settings = try await FleetSettings.load(
      needs: [.database, .secret],
      environment: [
        "ESTEIRA_POSTGRES_URL": databaseURL, "ESTEIRA_RD_URL": baseURL,
        "ESTEIRA_SECRET_KEY": Data(Self.key).base64EncodedString(),
        "ESTEIRA_CRM_CALLS_PER_MINUTE": "1000000",
      ]
    )
    return Fleet(
      settings: settings,
      pool: pool,
      logger: Logger(label: "belt") { _ in SwiftLogNoOpLogHandler() }
    )
  }

  /// As `esteira apply` does.
  @discardableResult
  func apply(_ document: String, _ environment: [String: String]) async throws -> AppliedSettings {
    let read = try SettingsDocument(yaml: document, file: "acme.yaml")
    return try await fleet().apply(
      read,
      login: try read.login(in: environment, from: "acme.yaml"),
      crm: try read.crmSecrets(in: environment, from: "acme.yaml"),
      actor: "test"
    )
  }

  /// A webhook of the CRM, as ingress publishes it.
  func hook(_ body: JSON, number: Int) -> Message {
    let id = Identifier(derivedFrom: "hook", "\(number)")
    return Message(
      id: id,
      type: CRMHookReceived.type,
      stage: Flow.rdUpdater.stage,
      integration: "acme",
      journey: id,
      body: body.encoded,
      arrivedAt: Webhooks.now + 60_000 + Int64(number)
    )
  }
}
