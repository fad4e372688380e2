/// The stages of the belt, in the order in which a lead meets them.
///
/// This is the one list: queues, compose services, the README's table, health pages and the operator's
/// listing follow it, and a test fails when one of them misses a stage, or when something else names the
/// stages and their order.
package enum Flow: String, CaseIterable, Sendable {
  /// Which leads enter, and why one did not.
  case leadImporter = "lead-importer"
  /// Which person and company this is; no duplicates.
  case centralizer
  /// Trigger by priority, owner, pipeline, stage; creates the opportunity.
  case opportunityCreator = "opportunity-creator"
  /// Marks, sales, losses, lifecycle stage and conversions at RD Station.
  case rdUpdater = "rd-updater"
  /// Tags of the lead and of the opportunity, merged both ways.
  case tagSync = "tag-sync"

  /// The first word of the routing key, and the last of the queue's name.
  package var stage: String { rawValue }

  /// The binary that works at this stage.
  package var program: String { "esteira-\(rawValue)" }

  package var takes: [MessageKind] {
    switch self {
    case .leadImporter: [.raw(WebhookReceived.type)]
    case .centralizer: [.body(LeadImported.self)]
    case .opportunityCreator: [.body(LeadCentralized.self)]
    case .rdUpdater:
      [
        .body(OpportunityCreated.self), .body(OpportunityRevised.self),
        .body(OpportunityChanged.self), .body(ContactChanged.self), .raw(CRMHookReceived.type),
      ]
    case .tagSync:
      [.body(OpportunityCreated.self), .body(OpportunityChanged.self), .body(LeadTagged.self)]
    }
  }

  /// The stages that its messages go to.
  package var gives: [Flow] {
    switch self {
    case .leadImporter: [.centralizer, .tagSync]
    case .centralizer: [.opportunityCreator]
    case .opportunityCreator: [.rdUpdater, .tagSync]
    case .rdUpdater: [.tagSync]
    case .tagSync: []
    }
  }

  /// What it waits for: an event of a lead passes here after the earlier ones of that lead have passed
  /// these stages and this one.
  ///
  /// Nil for a stage whose messages are not of one lead.
  package var waitsFor: [Flow]? {
    switch self {
    case .leadImporter: nil
    case .centralizer: []
    case .opportunityCreator: [.centralizer]
    case .rdUpdater, .tagSync: [.centralizer, .opportunityCreator]
    }
  }

  /// Where the webhooks of RD Station enter.
  package static let entry = Flow.leadImporter
  /// Where the webhooks of CRMs enter.
  package static let crmEntry = Flow.rdUpdater
  /// Where a lead goes that is let in.
  package static let afterEntry = Flow.centralizer
  /// What follows when a lead has its opportunity: it has got it, also where one of these fails.
  package static let afterOpportunity = Flow.opportunityCreator.gives

  /// Whether it cannot work without RD Station's login.
  package var callsRDStation: Bool { self == .rdUpdater || self == .tagSync }
}

/// A kind of message.
package struct MessageKind: Sendable {
  /// Such as `lead.imported.v1`.
  package let type: String
  /// What we write into it; nil for a body that strangers wrote.
  package let body: (any MessageBody.Type)?

  static func raw(_ type: String) -> MessageKind { MessageKind(type: type, body: nil) }

  static func body(_ body: any MessageBody.Type) -> MessageKind {
    MessageKind(type: body.type, body: body)
  }
}
