package import Operations
package import WorkQueues

/// The books of integrations as a table, with what to type about what stands out.
package enum LedgerText {
  package static func text(of backlog: ImportBacklog?) -> String {
    guard let backlog else {
      return "accepted and not yet imported: unknown, for the broker does not answer"
    }
    return "\(backlog); what waits on ingress' own disk, its /readyz tells"
  }

  package static func text(of ledgers: [Ledger]) -> String {
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
