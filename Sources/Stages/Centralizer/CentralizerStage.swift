package import BeltStorage
package import Leads
import Belt

/// Finds the contact and the company that each lead is, and makes those that are not known.
package struct CentralizerStage: Stage {
  package static let flow = Flow.centralizer

  package init() {}

  package func decide(_ item: Item<LeadImported>, _ known: inout CentralizerKnown) -> Decision<
    Centralized, Never
  > {
    guard let subject = known.subjects[item.message.id] else { return .reject(.leadAbsent) }
    let decision = CentralDecision(
      for: subject.keys,
      lead: item.input.lead,
      knowing: known.central[item.integration] ?? CentralKnowledge(),
      integration: item.integration
    )
    known.central[item.integration, default: CentralKnowledge()].learn(decision, of: subject.keys)
    let next = LeadCentralized(lead: item.input.lead, event: item.input.event)
    return .done(
      Reason("centralized", decision.explanation),
      subject: decision.contact.id,
      follows: [item.message.following(to: .opportunityCreator, next)],
      writes: [
        Centralized(
          integration: item.integration,
          event: item.input,
          subject: subject,
          decision: decision
        )
      ]
    )
  }
}

extension LeadImported: StageInput {}

/// What the centralizer knows of a batch.
package struct CentralizerKnown: Sendable {
  /// By message; none of a lead that is not there any more.
  let subjects: [Identifier: Subject]
  /// By integration.
  var central: [String: CentralKnowledge]

  /// A lead and what it can be recognised by.
  struct Subject: Sendable {
    let lead: LeadProfile
    let keys: LeadKeys

    init(_ stored: LeadProfile, under settings: Settings) {
      // It may have been stored before its fillers were known as such.
      lead = stored.withoutFillers(in: settings)
      keys = LeadKeys(of: lead, settings: settings)
    }
  }
}

/// One event with who its lead is.
package struct Centralized: Sendable {
  let integration: String
  let event: LeadImported
  let subject: CentralizerKnown.Subject
  let decision: CentralDecision
}
