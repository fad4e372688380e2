import AsyncHTTPClient
import Bootstrap
import EmbeddedCRM
import BeltStorage
import OutsideCalls
import LabBooks
import Leads
import RDStation
import RabbitMQ
import WorkQueues
import Belt
import Operations
import CommandLineInterface

/// One demo from the first lead to the comparison of the books.
struct DemoRun {
  private let access: Fleet
  private let sandbox: SandboxAccess
  private let settings: Settings
  private let hookGeneration: Int
  private let isQuiet: Bool
  private let since: String
  private let firstLine: Int
  private let trafficBefore: SandboxTraffic
  private let deadBefore: Int

  /// - Throws: ``Refusal`` when there is no such integration or no sandbox.
  init(access: Fleet, sandbox: SandboxAccess, integration: String, isQuiet: Bool) async throws {
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
    settings = current.settings
    hookGeneration = current.hookGeneration
    since = try await access.now()
    firstLine = try await sandbox.lastLedgerLine()
    trafficBefore = try await sandbox.traffic(account: settings.rdAccount)
    deadBefore = try await Ledgers(pool: access.pool).list(of: integration).first?.dead ?? 0
  }

  func perform(leads: Int, seed: Int, webhooks: WebhookPlaces) async throws -> DemoVerdict {
    try await SandboxWebhooks(
      sandbox: sandbox,
      account: settings.rdAccount,
      token: try await token()
    ).register(try addresses(), in: webhooks)
    say("\(leads) people convert at RD Station (seed \(seed)), which calls by its webhooks")
    let name = try await sandbox.convert(account: settings.rdAccount, leads: leads, seed: seed)
    try await waitUntilQuiet(after: name)
    let sales = try await sell()
    try await waitForAnnouncements(sales.announced)
    try await waitUntilQuiet(after: name)
    let books = try await books(name, sales)
    for journey in try await Journeys(pool: access.pool)
      .latest(of: settings.integration, limit: 3)
    {
      say("\n" + JourneyText.text(of: [journey]))
    }
    say("\n" + LedgerText.text(of: try await ledgers()))
    return DemoVerdict(comparing: books)
  }

  /// The addresses that `esteira hook-url` prints.
  private func addresses() throws -> SandboxWebhooks.Addresses {
    guard let name = IntegrationName(settings.integration) else {
      throw Refusal(
        .notFound,
        "integration_unknown",
        "\(settings.integration) is no name of an integration"
      )
    }
    let address = HookAddress(
      publicURL: access.settings.publicURL,
      kind: .rd,
      integration: name,
      generation: hookGeneration,
      secret: access.settings.hookSecret
    )
    return SandboxWebhooks.Addresses(
      conversion: address.url(trigger: .conversion),
      opportunity: address.url(trigger: .opportunity)
    )
  }

  /// The fleet's own login at the sandbox.
  private func token() async throws -> String {
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

  private func ledgers() async throws -> [Ledger] {
    try await Ledgers(pool: access.pool).list(of: settings.integration)
  }

  private func say(_ text: String) {
    if !isQuiet { Terminal.say(text) }
  }
}

// MARK: Waiting

extension DemoRun {
  private static let patience = Duration.seconds(180)

  /// Until people have done everything, and every webhook, our own echo too, has an end.
  private func waitUntilQuiet(after name: String) async throws {
    let reader = BooksReader(pool: access.pool)
    try await wait {
      let run = try await sandbox.progress(of: name)
      let before = try await traffic()
      let arrived = try await reader.arrivals(of: settings.integration, since: since)
        .values.reduce(0, +)
      let ledger = try await ledgers().first
      let waiting = try await WaitingMessages.count(at: access.settings.brokerEndpoint)
      let inFlight = ledger?.inFlight ?? 0
      // What was on its way when we began to look may have made RD Station call again meanwhile.
      let traffic = try await traffic()
      let state =
        "people did \(run.done)/\(run.planned), webhooks taken \(traffic.delivered) (due "
        + "\(traffic.pending)), arrived \(arrived), in flight \(inFlight), "
        + "waiting in queues \(waiting), opportunities \(ledger?.opportunities ?? 0)"
      let isDone =
        run.isDone && traffic.pending == 0 && traffic == before && arrived >= traffic.delivered
        && inFlight == 0 && waiting == 0
      return (state, isDone)
    }
  }

  private func waitForAnnouncements(_ announced: [Identifier]) async throws {
    guard !announced.isEmpty else { return }
    let reader = BooksReader(pool: access.pool)
    try await wait {
      let settled = try await reader.countSettled(announced, of: settings.integration)
      return (
        "sales and losses: \(settled)/\(announced.count) told", settled >= announced.count
      )
    }
  }

  /// Of this demo.
  private func traffic() async throws -> SandboxTraffic {
    var traffic = try await sandbox.traffic(account: settings.rdAccount)
    traffic.delivered -= trafficBefore.delivered
    traffic.failed -= trafficBefore.failed
    return traffic
  }

  /// Looks every half second until it is done.
  ///
  /// - Throws: ``Refusal`` that says how far it was, after 180 s.
  private func wait(_ look: () async throws -> (state: String, isDone: Bool)) async throws {
    let clock = ContinuousClock()
    let deadline = clock.now + Self.patience
    let interval = Duration.seconds(Terminal.isInteractive ? 1 : 2)
    var nextWord = clock.now
    while true {
      _ = try await ParkedQueue.drain(access)
      let (state, isDone) = try await look()
      if !isQuiet, isDone || clock.now >= nextWord {
        Terminal.progress(state)
        nextWord = clock.now + interval
      }
      if isDone {
        if !isQuiet { Terminal.endProgress() }
        return
      }
      guard clock.now < deadline else {
        throw Refusal(
          .failed,
          "demo_unfinished",
          "not finished after \(Self.patience.components.seconds) s: \(state)"
        )
      }
      try await clock.sleep(for: .milliseconds(500))
    }
  }
}

// MARK: Selling and comparing

extension DemoRun {
  private struct Sales {
    /// By the person's address.
    var won: [String: Int] = [:]
    var lost: [String: Int] = [:]
    var announced: [Identifier] = []
  }

  /// Wins one opportunity in ten and loses one in twenty of this demo's, at least one each.
  private func sell() async throws -> Sales {
    let opportunities = try await BooksReader(pool: access.pool)
      .opportunities(of: settings.integration, since: since)
    let sales = Operations.Sales(pool: access.pool)
    var result = Sales()
    var changed: [Operations.Sales.Changed] = []
    for (index, opportunity) in opportunities.enumerated() {
      if index % 10 == 0 {
        let value = "\(1_000 + index % 50 * 150).50"
        changed.append(try await sales.act(.win(value: value), on: opportunity.id))
        if let email = opportunity.email { result.won[email, default: 0] += 1 }
      } else if index % 20 == 1 {
        changed.append(try await sales.act(.lose(reason: "Preço"), on: opportunity.id))
        if let email = opportunity.email { result.lost[email, default: 0] += 1 }
      }
    }
    let all = changed
    // Several sales to one contact make it a client once.
    result.announced = Array(Set(all.flatMap(Operations.Sales.announcement).map(\.id)))
    try await sales.announce(all, publish: access.publish)
    return result
  }

  private func books(_ run: String, _ sales: Sales) async throws -> DemoBooks {
    let people = PeopleReader(pool: access.pool)
    let integration = settings.integration
    let acts = try await sandbox.acts(of: run)
    let emails = Dictionary(acts.map { ($0.contact, $0.email) }) { first, _ in first }
    let held = try await people.heldEvents(of: integration, since: since)
    let entries = try await sandbox.rdEntries(after: firstLine, account: settings.rdAccount)
    var told: [PeopleOwed.Told: Int] = [:]
    for entry in entries where PeopleOwed.Told.effects.contains(entry.effect) {
      guard let email = entry.contact.flatMap({ emails[$0] }) else { continue }
      let identifier = entry.effect == "conversion" ? entry.identifier : nil
      told[.init(email: email, effect: entry.effect, identifier: identifier), default: 0] += 1
    }
    // Who is none of this demo's people is nobody's business here.
    let known = Set(emails.values)
    func own(_ deals: [PeopleReader.Deal: Int]) -> [PeopleReader.Deal: Int] {
      deals.filter { known.contains($0.key.email) }
    }
    let isReadable = settings.crm.traits.isColocated
    return DemoBooks(
      webhooks: try await traffic(),
      owed: PeopleOwed(
        acts: acts,
        settings: settings,
        held: held,
        won: sales.won,
        lost: sales.lost
      ),
      arrivals: try await BooksReader(pool: access.pool).arrivals(of: integration, since: since),
      events: try await people.events(of: integration, since: since)
        .filter { known.contains($0.key.email) },
      opportunities: own(try await people.opportunities(of: integration, since: since)),
      records: isReadable ? own(try await people.records(of: integration, since: since)) : nil,
      told: told,
      held: held.values.reduce(0, +),
      dead: max(0, (try await ledgers().first?.dead ?? 0) - deadBefore)
    )
  }
}
