package import BeltStorage
package import Leads
package import Belt

/// Tells RD Station what became of its leads: marks, sales, losses, conversions, lifecycle stage.
package struct RDUpdaterStage: Stage {
  package static let flow = Flow.rdUpdater
  package typealias Answer = Decision<RDClaim, OnceCall<RDPlan>>

  let crms: CRMs
  let desk: CallDesk<RDCalls>

  package init(crms: CRMs, desk: CallDesk<RDCalls>) {
    self.crms = crms
    self.desk = desk
  }

  package func decide(_ item: Item<RDUpdaterInput>, _ known: inout RDUpdaterKnown) -> Answer {
    let message = item.message
    let effect = known.effects[message.id]
    guard let subject = item.input.subject else {
      return effect == nil ? hook(item, known) : .look
    }
    let key = item.key(subject)
    let people = known.people(of: item.input, key)
    if case .changed = item.input, known.opportunities[key]?.record == nil {
      return awaited(message, isOurs: people != nil)
    }
    guard let people else { return .done(item.input.unknown) }
    if effect?.isInHand == true { return .wait(.seconds(5), .inOtherHands) }
    if let effect, let call = known.resumed(message, effect, key, people) {
      return .act(call, call.intent)
    }
    if case .changed = item.input { return .look }
    guard let change = known.change(by: item.input, key) else {
      return .done(.nothingNew, subject: subject, writes: known.claim(item.input, key))
    }
    if known.waiting.contains(message.id) {
      return .wait(message.waitBeforeAnotherLook, .earlierChangeFirst)
    }
    switch RDUpdateDecision(
      for: change,
      people: people,
      updates: item.settings.rdUpdates,
      lossReasonField: item.settings.lossReasonField
    ) {
    // RD Station has not been told: a corrected value still can be.
    case .refuse(let reason): return .reject(reason, [Line(reason, subject: subject)])
    case .none(let reason):
      return .done(reason, subject: subject, writes: known.claim(item.input, key))
    case .send(let update):
      let call = OnceCall(message, RDPlan(update, of: subject, people: people))
      return .act(call, call.intent, writes: known.claim(item.input, key))
    }
  }

  package func act(
    _ planned: [Planned<RDUpdaterInput, OnceCall<RDPlan>>],
    since start: ContinuousClock.Instant
  ) async -> [Identifier: Acted<Never>] {
    let calls = planned.map(\.plan)
    let endings = await desk.make(calls, Lease(began: start))
    return calls.reduce(into: [:]) { $0[$1.message.id] = endings[$1.message.id]?.acted($1) }
  }
}

extension Reason {
  fileprivate static let nothingNew = Reason(
    "nothing_new",
    "RD Station has been told of this state of the record already."
  )

  /// The message of a change whose turn has not come.
  fileprivate static let earlierChangeFirst = Reason(
    "earlier_change_first",
    "RD Station is still being told of an earlier change of this opportunity."
  )
}
