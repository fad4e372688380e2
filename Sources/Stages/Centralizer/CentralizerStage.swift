package import BeltStorage
package import Leads
package import Belt

/// Finds the contact and the company that each lead is, and makes those that are not known.
///
/// A CRM with people of its own is asked for the ones that are new to us; nothing is created in it here.
package struct CentralizerStage: Stage {
  package static let flow = Flow.centralizer

  private let crms: CRMs

  package init(crms: CRMs) { self.crms = crms }

  package func decide(_ item: Item<LeadImported>, _ known: inout CentralizerKnown) -> Decision<
    Centralized, RecordsSought
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
    let line = Line(Reason("centralized", decision.explanation), subject: decision.contact.id)
    let follows = [item.message.following(to: .opportunityCreator, next)]
    let change = Centralized(
      integration: item.integration,
      event: item.input,
      subject: subject,
      decision: decision
    )
    let sought = RecordsSought(by: decision, subject.keys, line: line, follows: follows)
    guard let sought, !item.settings.crm.traits.sharesOurPeople else {
      return .done([line], follows: follows, writes: [change])
    }
    return .act(sought, .standing, writes: [change])
  }

  package func act(
    _ planned: [Planned<LeadImported, RecordsSought>],
    since _: ContinuousClock.Instant
  ) async throws -> [Identifier: Acted<RecordFound>] {
    let found = await sideBySide(Dictionary(grouping: planned, by: \.item.integration)) {
      await RecordsSought.find($1, at: crms, in: $0)
    }
    return found.reduce(into: [:]) { $0.merge($1) { one, _ in one } }
  }

  package func results(_ found: [RecordFound]) -> [Write] {
    RecordRows.keeping(found.map { ($0.draft, $0.integration) })
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
