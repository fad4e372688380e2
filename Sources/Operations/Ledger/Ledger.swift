package import StrictJSON
package import WorkQueues

/// What became of everything that one integration received, at one moment.
package struct Ledger: Sendable, Hashable {
  package let integration: String
  /// Lead events in accepted webhooks, and webhooks that were given up before they were read.
  package let received: Int
  package let done: Int
  /// Refused by a rule, delivered before, unreadable, or discarded by a person after it was given up.
  package let ignored: Int
  package let ignoredByReason: [Reasoned]
  package let dead: Int
  /// Waiting for a person: to say what became of an outside call, or to change the settings.
  package let parked: Int
  package let inFlight: Int
  package let opportunities: Int
  /// Updates of RD Station that it confirmed.
  package let rdUpdates: Int
  /// Outside calls whose outcome is being looked for.
  package let unknownEffects: Int
  /// Of the parked ones, those that wait for the settings to change.
  package let held: Int
  /// Open dead letters that are of no lead event, such as of the CRM's webhooks: beside the sum.
  package let otherDead: Int

  package struct Reasoned: Sendable, Hashable {
    package let code: String
    package let count: Int
  }

  /// Whether nothing was lost or counted twice.
  package var isBalanced: Bool { received == done + ignored + dead + parked + inFlight }
}

extension Ledger: JSONForm {
  package var json: JSON {
    let reasons = ignoredByReason.map { ($0.code, JSON.number($0.count)) }
    return [
      "integration": .string(integration), "received": .number(received), "done": .number(done),
      "ignored": .number(ignored), "ignored_by_reason": .object(reasons), "dead": .number(dead),
      "other_dead": .number(otherDead),
      "parked": .number(parked), "held": .number(held), "in_flight": .number(inFlight),
      "opportunities": .number(opportunities), "rd_updates": .number(rdUpdates),
      "unknown_effects": .number(unknownEffects), "balanced": .bool(isBalanced),
    ]
  }

  /// With how many bodies of all integrations together have not been imported yet; null when unknown.
  package func json(waitingForImport backlog: ImportBacklog?) -> JSON {
    json.with(("fleet_waiting_for_import", backlog.map { .number($0.total) } ?? .null))
  }
}
