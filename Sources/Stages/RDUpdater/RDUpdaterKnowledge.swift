import BeltStorage
import Leads
import Belt

extension RDUpdateStore.Knowledge {
  /// The leads that a message is about; nil when its opportunity or contact is not known.
  func people(of request: RDUpdateStore.Request) -> [RDPerson]? {
    switch request.topic {
    case .created, .revised, .changed: opportunities[request.key].map { [$0.person] }
    case .contact: contacts[request.key]?.people
    case .foreign: nil
    }
  }

  /// What happened, as far as RD Station has not been told of it; nil when it has.
  func change(by request: RDUpdateStore.Request) -> RDUpdateDecision.Change? {
    switch request.topic {
    case .created:
      opportunities[request.key].map {
        .created(byMark: $0.byMark, firstImport: $0.firstImport)
      }
    case .revised: .revised
    case .foreign: nil
    case .changed(_, let state):
      opportunities[request.key].flatMap { opportunity in
        let isNew =
          state.version > opportunity.toldVersion
          && state.status.rawValue != opportunity.toldStatus
        return isNew ? .closed(state, earlierLoss: opportunity.earlierLoss) : nil
      }
    case .contact:
      contacts[request.key].flatMap { contact in
        guard contact.version > contact.toldVersion else { return nil }
        // The sale is told about its own lead only; where others are this person too, they are not
        // left out.
        let bySale = contact.isClientBySale && contact.people.count == 1
        return .converted(contact.standing, bySale: bySale)
      }
    }
  }

  /// From now on RD Station counts as told of what a message brought, for the rest of the batch and in
  /// the claims to be kept.
  mutating func claim(_ request: RDUpdateStore.Request, in claims: inout RDUpdateStore.Claims) {
    let key = request.key
    switch request.topic {
    case .created, .revised, .foreign: break
    case .changed(_, let state):
      guard let known = opportunities[key], state.version > known.toldVersion else { return }
      claims.opportunities.append((key, state))
      opportunities[key]?.toldVersion = state.version
      opportunities[key]?.toldStatus = state.status.rawValue
    case .contact:
      guard let known = contacts[key], known.version > known.toldVersion else { return }
      claims.contacts.append((key, known.version))
      contacts[key]?.toldVersion = known.version
    }
  }

  /// What is left to be done about a message that an earlier attempt began; nil when none did.
  func resumed(_ request: RDUpdateStore.Request, people: [RDPerson]) -> RDPlan? {
    guard let effect = effects[request.message.id],
      var plan = RDPlan(
        resuming: effect,
        of: request.subject,
        people: people,
        follows: request.follows
      )
    else { return nil }
    // The contact may have gone on meanwhile: a late attempt must not take the stage back.
    if plan.update.lifecycleStage != nil, let contact = contacts[request.key] {
      plan.update.lifecycleStage = contact.standing.lifecycleStage
    }
    // Nor may the reason of a loss be written, or emptied, when it is no longer what RD was told last.
    if let field = plan.update.field, let opportunity = opportunities[request.key],
      field.values.isEmpty == (opportunity.toldStatus == OpportunityState.Status.lost.rawValue)
    {
      plan.update.field = nil
    }
    return plan
  }
}
