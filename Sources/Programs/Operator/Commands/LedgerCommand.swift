import ArgumentParser
import Bootstrap
import BeltStorage
import StrictJSON
import WorkQueues

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
    guard (1...10_000).contains(limit) else { throw ValidationError("--limit is from 1 to 10000") }
  }

  func run() async throws {
    try await FleetAccess.open(reconcile ? [.broker, .secret] : .broker) { access in
      let reader = LedgerReader(pool: access.pool)
      repeat {
        try await ParkedQueue.drainIfReachable(access)
        let ledgers = try await reader.ledgers(of: chosen.integration)
        if ledgers.isEmpty, let name = chosen.integration {
          throw try await access.refusal(ofUnknown: name)
        }
        let backlog = await WaitingImports.backlog(access)
        output.json
          ? Terminal.say(JSON.array(ledgers.map { $0.json(waitingForImport: backlog) }))
          : Terminal.say("\(LedgerText.text(of: ledgers))\n\(WaitingImports.text(of: backlog))")
        if reconcile { try await compare(ledgers, access) }
        if watch { try await ContinuousClock().sleep(for: .seconds(2)) }
      } while watch
    }
  }

  private func compare(_ ledgers: [Ledger], _ access: FleetAccess) async throws {
    let run = ReconciliationRun(access: access, limit: limit)
    let known = Set(try await SettingsStore(pool: access.pool).integrations())
    var agree = ledgers.allSatisfy(\.isBalanced)
    for ledger in ledgers where known.contains(ledger.integration) {
      let result = try await run.compare(ledger.integration)
      output.json ? Terminal.say(result.json) : Terminal.say(result.text)
      agree = agree && result.differences.isEmpty
    }
    if !agree { throw ExitCode(Refusal.failed) }
  }
}

enum LedgerText {
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

extension Ledger {
  /// With how many bodies of all integrations together have not been imported yet; null when unknown.
  func json(waitingForImport backlog: ImportBacklog?) -> JSON {
    guard case .object(var members) = json else { return json }
    members["fleet_waiting_for_import"] = backlog.map { .number($0.total) } ?? .null
    return .object(members)
  }

  var json: JSON {
    var reasons = JSON.Members()
    for reason in ignoredByReason { reasons[reason.code] = .number(reason.count) }
    return [
      "integration": .string(integration), "received": .number(received), "done": .number(done),
      "ignored": .number(ignored), "ignored_by_reason": .object(reasons), "dead": .number(dead),
      "other_dead": .number(otherDead),
      "parked": .number(parked), "held": .number(held), "in_flight": .number(inFlight),
      "opportunities": .number(opportunities), "rd_updates": .number(rdUpdates),
      "unknown_effects": .number(unknownEffects), "balanced": .bool(isBalanced),
    ]
  }
}
