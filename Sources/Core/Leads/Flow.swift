/// The stages of the belt, in the order in which a lead meets them.
///
/// This is the one list: queues, compose services, the README's table, health pages and the operator's
/// listing follow it, and a test fails when one of them misses a stage.
package enum Flow: String, CaseIterable, Sendable {
  case leadImporter = "lead-importer"
  case centralizer
  case opportunityCreator = "opportunity-creator"
  case rdUpdater = "rd-updater"
  case tagSync = "tag-sync"

  /// The first word of the routing key, and the last of the queue's name.
  package var stage: String { rawValue }

  /// The binary that works at this stage.
  package var program: String { "esteira-\(rawValue)" }

  /// The kinds of message that the stage takes.
  package var takes: [String] {
    switch self {
    case .leadImporter: [WebhookReceived.type]
    case .centralizer: [LeadImported.type]
    case .opportunityCreator: [LeadCentralized.type]
    case .rdUpdater: [OpportunityCreated.type, OpportunityChanged.type, CRMHookReceived.type]
    case .tagSync: [OpportunityCreated.type, OpportunityChanged.type, LeadTagged.type]
    }
  }

  /// What it decides, in one line for the operator.
  package var purpose: String {
    switch self {
    case .leadImporter: "which leads enter, and why one did not"
    case .centralizer: "which person and company this is; no duplicates"
    case .opportunityCreator: "trigger by priority, owner, pipeline, stage; creates the opportunity"
    case .rdUpdater: "marks, sales, losses, lifecycle stage and conversions at RD Station"
    case .tagSync: "tags of the lead and of the opportunity, merged both ways"
    }
  }
}
