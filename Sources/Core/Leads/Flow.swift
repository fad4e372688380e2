/// The stages of the belt, in the order in which a lead meets them.
///
/// This is the one list: queues, compose services, the README's table, health pages and the operator's
/// listing follow it, and a test fails when one of them misses a stage.
package enum Flow: String, CaseIterable, Sendable {
  /// Which leads enter, and why one did not. Takes ``WebhookReceived``.
  case leadImporter = "lead-importer"
  /// Which person and company this is; no duplicates. Takes ``LeadImported``.
  case centralizer
  /// Trigger by priority, owner, pipeline, stage; creates the opportunity. Takes ``LeadCentralized``.
  case opportunityCreator = "opportunity-creator"
  /// Marks, sales, losses, lifecycle stage and conversions at RD Station. Takes
  /// ``OpportunityCreated``, ``OpportunityRevised``, ``OpportunityChanged``, ``ContactChanged`` and
  /// ``CRMHookReceived``.
  case rdUpdater = "rd-updater"
  /// Tags of the lead and of the opportunity, merged both ways. Takes ``OpportunityCreated``,
  /// ``OpportunityChanged`` and ``LeadTagged``.
  case tagSync = "tag-sync"

  /// What it waits for: an event of a lead passes here after the earlier ones of that lead have passed
  /// these stages and this one. Nil for a stage whose messages are not of one lead.
  package var waitsFor: [Flow]? {
    switch self {
    case .leadImporter: nil
    case .centralizer: []
    case .opportunityCreator: [.centralizer]
    case .rdUpdater, .tagSync: [.centralizer, .opportunityCreator]
    }
  }

  /// Whether it cannot work without RD Station's login.
  package var callsRDStation: Bool { self == .rdUpdater || self == .tagSync }

  /// The first word of the routing key, and the last of the queue's name.
  package var stage: String { rawValue }

  /// The binary that works at this stage.
  package var program: String { "esteira-\(rawValue)" }
}
