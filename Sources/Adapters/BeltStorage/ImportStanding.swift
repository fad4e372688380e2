package import Leads
import Postgres
import Belt

/// What the database holds of the events and leads of a batch, besides whether it knows them.
package struct ImportStanding: Sendable {
  /// The journey on which each known event was imported.
  private let journeys: [IntegrationKey: Identifier]
  /// The source time of each known lead, in milliseconds since 1970.
  ///
  /// None of one that lies ahead of now: nothing true is newer, and the lead would never change again.
  let sourceTimes: [IntegrationKey: Int64]

  init(events: Rows, leads: Rows) throws {
    var journeys: [IntegrationKey: Identifier] = [:]
    for row in events {
      journeys[IntegrationKey(try row.string(0), try row.identifier(1))] = try row.identifier(2)
    }
    self.journeys = journeys
    var sourceTimes: [IntegrationKey: Int64] = [:]
    for row in leads where try !row.bool(3) {
      sourceTimes[IntegrationKey(try row.string(0), try row.identifier(1))] = Int64(try row.int(2))
    }
    self.sourceTimes = sourceTimes
  }

  /// Whether this lead of this very webhook is stored: by an earlier piece of it, before the process
  /// that stored that ended.
  package func holds(_ lead: WebhookContent.Lead, in integration: String) -> Bool {
    guard case .success(let event) = lead.item, !Saboteur.repeatsNotKnown.isOn else { return false }
    return journeys[IntegrationKey(integration, event.id(in: integration))] == lead.journey
  }
}
