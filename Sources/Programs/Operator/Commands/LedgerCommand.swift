import ArgumentParser
import Operations
import StrictJSON
import WorkQueues
import Bootstrap

struct LedgerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ledger",
    abstract: "Counts what became of everything received: done, ignored, dead, parked, in flight.",
    discussion: """
      Examples:
        esteira ledger --integration acme
        esteira ledger --watch
        esteira ledger --reconcile --limit 200
      """
  )

  @OptionGroup var chosen: IntegrationOption

  @Flag(help: "Count again every two seconds until interrupted.")
  var watch = false

  @Flag(help: "Compare with the CRM's and RD Station's own books; status 1 when they differ.")
  var reconcile = false

  @Option(help: "With --reconcile: look up at most so many updates at RD Station, newest first.")
  var limit = 50

  @OptionGroup var output: OutputOptions

  func validate() throws {
    if watch, reconcile { throw ValidationError("either --watch or --reconcile") }
    try ListLimit.check(limit, upTo: 10_000)
  }

  func run() async throws {
    try await Fleet.open(reconcile ? [.broker, .secret] : .broker) { fleet in
      repeat {
        try await fleet.recordParked()
        let ledgers = try await Ledgers(pool: fleet.pool).list(of: chosen.integration)
        if ledgers.isEmpty, let name = chosen.integration {
          throw try await SettingsVersions(pool: fleet.pool).refusal(ofUnknown: name)
        }
        let backlog = await fleet.importBacklog()
        output.json
          ? Terminal.say(JSON.array(ledgers.map { $0.json(waitingForImport: backlog) }))
          : Terminal.say("\(LedgerText.text(of: ledgers))\n\(LedgerText.text(of: backlog))")
        if reconcile { try await compare(ledgers, fleet) }
        if watch { try await ContinuousClock().sleep(for: .seconds(2)) }
      } while watch
    }
  }

  private func compare(_ ledgers: [Ledger], _ fleet: Fleet) async throws {
    let reconciliations = Reconciliations(fleet, limit: limit)
    let known = Set(try await SettingsVersions(pool: fleet.pool).integrations())
    var agree = ledgers.allSatisfy(\.isBalanced)
    for ledger in ledgers where known.contains(ledger.integration) {
      let result = try await reconciliations.compare(ledger.integration)
      output.json ? Terminal.say(result.json) : Terminal.say(ReconciliationText.text(of: result))
      agree = agree && result.differences.isEmpty
    }
    if !agree { throw ExitCode(ExitStatus.failed) }
  }
}

enum LedgerText {
  static func text(of backlog: ImportBacklog?) -> String {
    guard let backlog else {
      return "accepted and not yet imported: unknown, for the broker does not answer"
    }
    return "\(backlog); what waits on ingress' own disk, its /readyz tells"
  }

  static func text(of ledgers: [Ledger]) -> String {
    guard !ledgers.isEmpty else { return "there is no integration yet. Run: esteira apply -f FILE" }
    var table = TextTable(
      [
        "integration", "received", "done", "ignored", "dead", "parked", "in flight",
        "opportunities", "rd updates", "unknown",
      ],
      numbers: Set(1...9)
    )
    for ledger in ledgers {
      let figures = [
        ledger.received, ledger.done, ledger.ignored, ledger.dead, ledger.parked, ledger.inFlight,
        ledger.opportunities, ledger.rdUpdates, ledger.unknownEffects,
      ]
      table.add([ledger.integration] + figures.map { "\($0)" })
    }
    var lines = [table.text]
    for ledger in ledgers where !ledger.ignoredByReason.isEmpty {
      let reasons = ledger.ignoredByReason.map { "\($0.code) \($0.count)" }
      lines.append(
        "\(ledger.integration) ignored: \(reasons.joined(separator: ", ")); see esteira ignored ls "
          + "--integration \(ledger.integration)"
      )
    }
    for ledger in ledgers where ledger.dead > 0 {
      lines.append(
        "\(ledger.integration): see esteira dead-letters ls --integration \(ledger.integration)"
      )
    }
    for ledger in ledgers where ledger.otherDead > 0 {
      let count = ledger.otherDead == 1 ? "1 dead letter" : "\(ledger.otherDead) dead letters"
      lines.append(
        "\(ledger.integration): \(count) besides, of no lead that was received, such as of the CRM's "
          + "webhooks, see esteira dead-letters ls --integration \(ledger.integration)"
      )
    }
    for ledger in ledgers where ledger.held > 0 {
      lines.append(
        "\(ledger.integration): \(ledger.held) wait for the settings to change, see esteira held ls"
      )
    }
    return lines.joined(separator: "\n")
  }
}
