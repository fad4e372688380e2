import BeltStorage
import Leads
import Belt

/// What became of a batch in the CRMs.
struct OpportunityResults {
  private(set) var outcomes: [Identifier: Outcome] = [:]
  private(set) var settled: [Settled] = []
  private(set) var created:
    [(message: Message, plan: OpportunityStore.Planned, record: CRMRecord)] = []

  mutating func fail(_ message: Message, _ outcome: Outcome) { outcomes[message.id] = outcome }

  mutating func create(
    _ message: Message,
    _ planned: OpportunityStore.Planned,
    _ record: CRMRecord
  ) {
    created.append((message, planned, record))
    let body = OpportunityCreated(opportunity: planned.opportunity)
    settle(
      message,
      follows: [message.following(to: .rdUpdater, body), message.following(to: .tagSync, body)],
      planned.explanation,
      subject: planned.opportunity
    )
  }

  mutating func revise(
    _ message: Message,
    _ open: OpenOpportunity,
    _ body: LeadCentralized,
    _ explanation: Reason
  ) {
    settle(
      message,
      follows: [
        message.following(
          to: .rdUpdater,
          OpportunityRevised(opportunity: open.id, event: body.event)
        ),
        message.following(to: .tagSync, LeadTagged(lead: body.lead)),
      ],
      explanation,
      subject: open.id
    )
  }

  private mutating func settle(
    _ message: Message,
    follows: [Message],
    _ reason: Reason,
    subject: Identifier
  ) {
    let settled = Settled.done(message, follows: follows, reason, subject: subject)
    self.settled.append(settled)
    outcomes[message.id] = settled.outcome
  }
}
