import Leads
import Belt

/// What the importer knows of a batch.
package struct ImportKnown: Sendable {
  /// Grows as the batch is decided.
  var imports: ImportKnowledge
  let standing: ImportStanding
  /// The messages whose body has been here before.
  let repeated: Set<IntegrationKey>
  private var bodies: Set<Body> = []

  init(imports: ImportKnowledge, standing: ImportStanding, repeated: Set<IntegrationKey>) {
    self.imports = imports
    self.standing = standing
    self.repeated = repeated
  }

  private struct Body: Hashable {
    let integration: String
    let bytes: [UInt8]
  }

  /// Whether the very body has been here, in an earlier batch or in this one.
  mutating func isRepeat(_ message: Message) -> Bool {
    let body = Body(integration: message.integration, bytes: message.body)
    return !bodies.insert(body).inserted
      || repeated.contains(IntegrationKey(message.integration, message.id))
  }
}

/// A lead as it is stored.
struct StoredLead: Sendable {
  let profile: LeadProfile
  /// In milliseconds since 1970.
  let sourceAt: Int64
  /// Whether it is dated ahead of now: nothing true is newer, and the lead would never change again.
  let isAhead: Bool

  /// What is dated ahead of now is as old as can be: anything true is newer.
  var known: KnownLead { KnownLead(profile: profile, sourceAt: isAhead ? .min : sourceAt) }
}

/// What the database holds of the events and leads of a batch, besides whether it knows them.
struct ImportStanding: Sendable {
  /// The journey on which each known event was imported.
  private let journeys: [IntegrationKey: Identifier]
  /// The source time of each known lead, in milliseconds since 1970.
  ///
  /// None of one that lies ahead of now: nothing true is newer, and the lead would never change again.
  let sourceTimes: [IntegrationKey: Int64]

  init(journeys: [IntegrationKey: Identifier], leads: [IntegrationKey: StoredLead]) {
    self.journeys = journeys
    sourceTimes = leads.filter { !$0.value.isAhead }.mapValues(\.sourceAt)
  }

  /// Whether this lead of this very webhook is stored: by an earlier piece of it, before the process
  /// that stored that ended.
  func holds(_ lead: WebhookContent.Lead, in integration: String) -> Bool {
    guard case .success(let event) = lead.item else { return false }
    return journeys[IntegrationKey(integration, event.id)] == lead.journey
  }
}
