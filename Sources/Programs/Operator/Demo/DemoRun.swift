import Bootstrap
import EmbeddedCRM
import LeadStorage
import Leads
import RabbitMQ
import WorkQueues
import Workers

/// One demo from the first lead to the comparison of the books.
struct DemoRun {
  private let access: FleetAccess
  private let sandbox: SandboxAccess
  private let settings: Settings
  private let hookGeneration: Int
  private let isQuiet: Bool
  private let since: String
  private let firstLine: Int
  private let deadBefore: Int

  /// - Throws: ``Refusal`` when there is no such integration or no sandbox.
  init(access: FleetAccess, sandbox: SandboxAccess, integration: String, isQuiet: Bool) async throws
  {
    guard let current = try await SettingsStore(pool: access.pool).current(integration) else {
      throw Refusal(
        "there is no integration \(integration). Run: esteira apply -f deploy/examples/acme.yaml"
      )
    }
    self.access = access
    self.sandbox = sandbox
    self.isQuiet = isQuiet
    settings = current.settings
    hookGeneration = current.hookGeneration
    since = try await BooksReader(pool: access.pool).now()
    firstLine = try await sandbox.lastLedgerLine()
    deadBefore = try await LedgerReader(pool: access.pool).ledgers(of: integration).first?.dead ?? 0
  }

  func perform(leads: Int, seed: Int) async throws -> DemoVerdict {
    say("sending \(leads) leads (seed \(seed))")
    let name = try await sandbox.simulate(
      account: settings.rdAccount,
      url: try hookURL(),
      leads: leads,
      seed: seed
    )
    let run = try await waitForLeads(name)
    let sales = try await sell()
    try await waitForAnnouncements(sales.announced)
    let books = try await books(run, sales)
    for journey in try await JourneyReader(pool: access.pool)
      .latest(of: settings.integration, limit: 3)
    {
      say("\n" + JourneyText.text(of: [journey]))
    }
    say("\n" + LedgerText.text(of: try await ledgers()))
    return DemoVerdict(comparing: books)
  }

  private func hookURL() throws -> String {
    guard let name = IntegrationName(settings.integration) else {
      throw Refusal("\(settings.integration) is no name of an integration")
    }
    return HookAddress(
      publicURL: access.settings.publicURL,
      kind: .rd,
      integration: name,
      generation: hookGeneration,
      secret: access.settings.hookSecret
    ).url()
  }

  private func ledgers() async throws -> [Ledger] {
    try await LedgerReader(pool: access.pool).ledgers(of: settings.integration)
  }

  private func say(_ text: String) {
    if !isQuiet { Terminal.say(text) }
  }
}

// MARK: Waiting

extension DemoRun {
  private static let patience = Duration.seconds(180)

  /// Until the sandbox has sent everything, and everything that it sent has an end.
  private func waitForLeads(_ name: String) async throws -> SandboxRun {
    let reader = BooksReader(pool: access.pool)
    return try await wait {
      let run = try await sandbox.progress(of: name)
      let arrived = try await reader.countArrivals(of: settings.integration, since: since)
      let ledger = try await ledgers().first
      let waiting = try await waitingMessages()
      let inFlight = ledger?.inFlight ?? 0
      let state =
        "sent \(run.delivered)/\(run.planned), arrived \(arrived), in flight \(inFlight), "
        + "waiting in queues \(waiting), opportunities \(ledger?.opportunities ?? 0)"
      let isDone =
        run.isDone && arrived >= run.delivered + run.repeats && inFlight == 0 && waiting == 0
      return (state, isDone ? run : nil)
    }
  }

  private func waitForAnnouncements(_ announced: [Identifier]) async throws {
    guard !announced.isEmpty else { return }
    let reader = BooksReader(pool: access.pool)
    try await wait {
      let settled = try await reader.countSettled(announced, of: settings.integration)
      let done: Void? = settled >= announced.count ? () : nil
      return ("sales and losses: \(settled)/\(announced.count) told", done)
    }
  }

  /// Looks every second until there is an answer.
  ///
  /// - Throws: ``Refusal`` that says how far it was, after 180 s.
  private func wait<Answer>(_ look: () async throws -> (state: String, answer: Answer?))
    async throws
    -> Answer
  {
    let clock = ContinuousClock()
    let deadline = clock.now + Self.patience
    let interval = Duration.seconds(Terminal.isInteractive ? 1 : 2)
    var nextWord = clock.now
    while true {
      _ = try await ParkedQueue.drain(access)
      let (state, answer) = try await look()
      if !isQuiet, answer != nil || clock.now >= nextWord {
        Terminal.progress(state)
        nextWord = clock.now + interval
      }
      if let answer {
        if !isQuiet { Terminal.endProgress() }
        return answer
      }
      guard clock.now < deadline else {
        throw Refusal("not finished after \(Self.patience.components.seconds) s: \(state)")
      }
      try await clock.sleep(for: .milliseconds(500))
    }
  }

  /// In the stages' queues and their delay queues.
  private func waitingMessages() async throws -> Int {
    let link = AdminLink(access.settings.brokerEndpoint)
    var waiting = 0
    do throws(LinkError) {
      for stage in Flow.allCases {
        waiting += try await link.checkQueue(Topology.queue(of: stage)).ready
        for tier in DelayTier.allCases {
          waiting += try await link.checkQueue(Topology.retryQueue(of: stage, tier)).ready
        }
      }
    } catch {
      await link.close()
      throw error
    }
    await link.close()
    return waiting
  }
}

// MARK: Selling and comparing

extension DemoRun {
  private struct Sales {
    var won: Set<Identifier> = []
    var lost: Set<Identifier> = []
    var announced: [Identifier] = []
  }

  /// Wins one opportunity in ten and loses one in twenty of this demo's, at least one each.
  private func sell() async throws -> Sales {
    let opportunities = try await BooksReader(pool: access.pool)
      .opportunities(of: settings.integration, since: since)
    let sales = OpportunitySales(access: access)
    var result = Sales()
    var changed: [OpportunitySales.Changed] = []
    for (index, opportunity) in opportunities.enumerated() {
      if index % 10 == 0 {
        let value = "\(1_000 + index % 50 * 150).50"
        changed.append(try await sales.act(.win(value: value), on: opportunity.id))
        result.won.insert(opportunity.id)
      } else if index % 20 == 1 {
        changed.append(try await sales.act(.lose(reason: "Preço"), on: opportunity.id))
        result.lost.insert(opportunity.id)
      }
    }
    let all = changed
    // Several sales to one contact make it a client once.
    result.announced = Array(Set(all.flatMap(OpportunitySales.announcement).map(\.id)))
    try await BrokerOutbox.open(access.settings.brokerEndpoint, logger: access.logger) { outbox in
      try await sales.announce(all, through: outbox)
    }
    return result
  }

  private func books(_ run: SandboxRun, _ sales: Sales) async throws -> DemoBooks {
    let reader = BooksReader(pool: access.pool)
    let dead = try await ledgers().first?.dead ?? 0
    return DemoBooks(
      run: run,
      settings: settings,
      arrivals: try await reader.arrivals(of: settings.integration, since: since),
      opportunities: try await reader.opportunities(of: settings.integration, since: since),
      rdEntries: try await sandbox.rdEntries(after: firstLine, account: settings.rdAccount),
      rdEffects: try await reader.rdEffects(of: settings.integration, since: since).map {
        DemoBooks.RDEffect(marker: $0.marker, opportunity: $0.opportunity)
      },
      won: sales.won,
      lost: sales.lost,
      dead: max(0, dead - deadBefore)
    )
  }
}
