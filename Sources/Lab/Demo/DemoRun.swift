import AsyncHTTPClient
import Bootstrap
import BeltStorage
import OutsideCalls
import LabBooks
import Leads
import RDStation
import RabbitMQ
import StrictJSON
import WorkQueues
import Belt
import Operations
import CommandLineInterface

/// One demo from the first lead to the comparison of the books.
struct DemoRun {
  let access: Fleet
  let sandbox: SandboxAccess
  let settings: Settings
  let book: any CRMBook
  private let hookGeneration: Int
  let isQuiet: Bool
  let since: String
  let firstLine: Int
  let trafficBefore: SandboxTraffic
  let deadBefore: Int
  private let hasFaults: Bool

  /// - Throws: ``Refusal`` when there is no such integration or no sandbox, or when nothing of its CRM can
  ///   be faulty.
  init(
    access: Fleet,
    sandbox: SandboxAccess,
    integration: String,
    hasFaults: Bool,
    isQuiet: Bool
  ) async throws {
    guard let current = try await SettingsVersions(pool: access.pool).current(integration) else {
      throw Refusal(
        .notFound,
        "integration_unknown",
        "there is no integration \(integration). Run: esteira apply -f deploy/examples/acme.yaml"
      )
    }
    self.access = access
    self.sandbox = sandbox
    self.isQuiet = isQuiet
    self.hasFaults = hasFaults
    settings = current.settings
    hookGeneration = current.hookGeneration
    since = try await access.now()
    firstLine = try await sandbox.lastLedgerLine()
    trafficBefore = try await sandbox.traffic(account: settings.rdAccount)
    deadBefore = try await Ledgers(pool: access.pool).list(of: integration).first?.dead ?? 0
    guard let screens = settings.crm.screens else {
      guard !hasFaults else {
        throw Refusal(
          .invalid,
          "no_outside_crm",
          "the CRM of \(integration) is in Esteira's own database, and no call of it can be lost"
        )
      }
      book = EmbeddedBook(pool: access.pool, integration: integration, since: since) {
        try await access.publish($0)
      }
      return
    }
    book = SimulatedBook(screens, account: settings.rdAccount, after: firstLine) {
      try await sandbox.call($0, $1, body: $2)
    }
  }

  /// For one wait: a call of unknown outcome is looked for as long as a CRM may take.
  var patience: Duration { .seconds(hasFaults ? 900 : 180) }

  func perform(leads: Int, seed: Int, webhooks: WebhookPlaces) async throws -> DemoVerdict {
    try await SandboxWebhooks(
      sandbox: sandbox,
      account: settings.rdAccount,
      token: try await token()
    ).register(
      .init(
        conversion: try address(.rd).url(trigger: .conversion),
        opportunity: try address(.rd).url(trigger: .opportunity)
      ),
      in: webhooks
    )
    if isSold, try await !book.callOnChanges(try address(.crm).url()) {
      _ = try await access.registerCRMHooks(of: settings.integration)
    }
    let system = settings.crm.screens?.system ?? ""
    try await sandbox.put(faults: hasFaults ? DemoFaults.all(of: system) : [], seed: seed)
    say("\(leads) people convert at RD Station (seed \(seed)), which calls by its webhooks")
    let name = try await sandbox.convert(account: settings.rdAccount, leads: leads, seed: seed)
    try await waitUntilQuiet(after: name)
    let acts = try await sandbox.acts(of: name)
    let sold = try await sell(acts)
    try await waitUntilQuiet(after: name)
    if hasFaults {
      say("the CRM's simulator was faulty: \(DemoFaults.text(try await sandbox.faults()))")
      try await sandbox.put(faults: [], seed: seed)
    }
    let books = try await books(acts, sold)
    for journey in try await Journeys(pool: access.pool)
      .latest(of: settings.integration, limit: 3)
    {
      say("\n" + JourneyText.text(of: [journey]))
    }
    say("\n" + LedgerText.text(of: try await ledgers()))
    return DemoVerdict(comparing: books, isSold: isSold)
  }

  /// One of those that `esteira hook-url` prints.
  private func address(_ kind: HookToken.Kind) throws -> HookAddress {
    guard let name = IntegrationName(settings.integration) else {
      throw Refusal(
        .notFound,
        "integration_unknown",
        "\(settings.integration) is no name of an integration"
      )
    }
    return HookAddress(
      publicURL: access.settings.publicURL,
      kind: kind,
      integration: name,
      generation: hookGeneration,
      secret: access.settings.hookSecret
    )
  }

  /// The fleet's own login at the sandbox.
  func token() async throws -> String {
    let store = CredentialStore(pool: access.pool, key: access.settings.secretKey)
    let url = sandbox.baseURL + "/rd"
    let logins = RefreshedLogins(
      store: store,
      grants: RDTokenGrants(http: HTTPClient.shared, baseURL: url)
    )
    let token = try await logins.accessToken(for: settings.integration)
    do {
      try await sandbox.call("GET", "/rd/marketing/account_info", token: token)
      return token
    } catch is Refusal {
      // A sandbox that was started anew knows no token of the old one.
      return try await logins.accessToken(for: settings.integration, insteadOf: token)
    }
  }

  func ledgers() async throws -> [Ledger] {
    try await Ledgers(pool: access.pool).list(of: settings.integration)
  }

  private func say(_ text: String) {
    if !isQuiet { Terminal.say(text) }
  }
}
