import ArgumentParser
import Operations
import StrictJSON
import WorkQueues
import Bootstrap
import CommandLineInterface

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
        output.say(
          .array(ledgers.map { $0.json(waitingForImport: backlog) }),
          "\(LedgerText.text(of: ledgers))\n\(LedgerText.text(of: backlog))"
        )
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
      output.say(result.json, ReconciliationText.text(of: result))
      agree = agree && result.differences.isEmpty
    }
    if !agree { throw ExitCode(ExitStatus.failed) }
  }
}
