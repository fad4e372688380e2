import Belt
import BeltStorage
import Leads

/// Webhooks of CRMs that the version before had begun: it took each for the change of the opportunity
/// itself, with the intent under the webhook's own id, and claimed that RD Station was told.
///
/// A message that follows from such a webhook would find nothing new to tell, so that the webhook itself
/// is ended as it was begun. All of this file goes with the next release, and what calls it.
extension RDUpdaterStage {
  /// Makes of each such webhook the change that it was taken for.
  func begun(_ items: [Item<RDUpdaterInput>], _ known: RDUpdaterKnown) -> [Identifier: Seen<
    RDUpdaterInput
  >] {
    var seen: [Identifier: Seen<RDUpdaterInput>] = [:]
    for item in items where item.input.subject == nil {
      seen[item.message.id] = known.effects[item.message.id].map { .input(.changed($0.subject)) }
    }
    return seen
  }
}

extension CallEnding {
  /// With what follows from such a webhook when RD Station was told: the change also concerns the tags.
  func acted(_ call: OnceCall<RDPlan>) -> Acted<Never> {
    let subject = call.plan.subject
    let isBegun = call.message.type == CRMHookReceived.type
    let body = OpportunityChanged(opportunity: subject, version: 0)
    return acted(
      call,
      subject: subject,
      follows: isBegun ? [call.message.following(to: .tagSync, body)] : []
    )
  }
}
