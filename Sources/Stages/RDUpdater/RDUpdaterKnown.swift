import BeltStorage
package import Leads
import Belt

/// What the RD updater knows of a batch; a subject that is not known is absent.
package struct RDUpdaterKnown: Sendable {
  /// An opportunity with its lead, as far as RD Station is concerned.
  struct Opportunity: Sendable {
    /// Where the CRM keeps it; nil for one that is not known to be created yet.
    let record: CRMRecord?
    var toldVersion: Int
    var toldStatus: String
    let byMark: Bool
    let firstImport: Bool
    let person: RDPerson
    /// Whether RD Station was last told of another opportunity of the lead as lost.
    let hasLostSibling: Bool

    var earlierLoss: RDUpdateDecision.EarlierLoss {
      if toldStatus == OpportunityState.Status.lost.rawValue { return .ofThis }
      return hasLostSibling ? .ofAnother : .never
    }
  }

  /// A contact with its leads, as far as RD Station is concerned.
  struct Contact: Sendable {
    let standing: ContactStanding
    let version: Int
    var toldVersion: Int
    /// Whether a sale made it a client.
    let isClientBySale: Bool
    /// The leads that are this person, oldest first.
    var people: [RDPerson]
  }

  var opportunities: [IntegrationKey: Opportunity]
  var contacts: [IntegrationKey: Contact]
  /// What earlier attempts at these messages intended.
  var effects: [Identifier: Effects.Found]
  /// The messages whose opportunity has an earlier change that RD Station is still being told of.
  let waiting: Set<Identifier>
  /// What each webhook speaks of, as far as it is ours.
  var hooks: [Identifier: Result<[HookSubject], CRMError>] = [:]
  /// The webhooks that may speak of an opportunity that is being created.
  var awaitingHooks: Set<Identifier> = []

  /// The leads that a message is about; nil when its opportunity or contact is not known.
  func people(of input: RDUpdaterInput, _ key: IntegrationKey) -> [RDPerson]? {
    switch input {
    case .created, .revised, .changed, .shown:
      opportunities[key].map { [$0.person] }
    case .contact: contacts[key]?.people
    case .hook: nil
    }
  }

  /// What happened, as far as RD Station has not been told of it; nil when it has.
  func change(by input: RDUpdaterInput, _ key: IntegrationKey) -> RDUpdateDecision.Change? {
    switch input {
    case .created:
      opportunities[key].map {
        .created(byMark: $0.byMark, firstImport: $0.firstImport)
      }
    case .revised: .revised
    case .changed, .hook: nil
    case .shown(_, let state):
      opportunities[key].flatMap { opportunity in
        let isNew =
          state.version > opportunity.toldVersion
          && state.status.rawValue != opportunity.toldStatus
        return isNew ? .closed(state, earlierLoss: opportunity.earlierLoss) : nil
      }
    case .contact:
      contacts[key].flatMap { contact in
        guard contact.version > contact.toldVersion else { return nil }
        // The sale is told about its own lead only; where others are this person too, they are not
        // left out.
        let bySale = contact.isClientBySale && contact.people.count == 1
        return .converted(contact.standing, bySale: bySale)
      }
    }
  }

  /// From now on RD Station counts as told of what a message brought, for the rest of the batch and in
  /// what is written, so that two messages about one change are one event.
  mutating func claim(_ input: RDUpdaterInput, _ key: IntegrationKey) -> [RDClaim] {
    switch input {
    case .created, .revised, .changed, .hook: return []
    case .shown(_, let state):
      guard let known = opportunities[key], state.version > known.toldVersion else { return [] }
      opportunities[key]?.toldVersion = state.version
      opportunities[key]?.toldStatus = state.status.rawValue
      return [.opportunity(key, state)]
    case .contact:
      guard let known = contacts[key], known.version > known.toldVersion else { return [] }
      contacts[key]?.toldVersion = known.version
      return [.contact(key, version: known.version)]
    }
  }

  /// What is left to be done about a message that an earlier attempt began; nil when its intent is none
  /// of ours.
  func resumed(
    _ message: Message,
    _ effect: Effects.Found,
    _ key: IntegrationKey,
    _ people: [RDPerson]
  ) -> OnceCall<RDPlan>? {
    guard var update = RDUpdate(json: effect.plan) else { return nil }
    // The contact may have gone on meanwhile: a late attempt must not take the stage back.
    if update.lifecycleStage != nil, let contact = contacts[key] {
      update.lifecycleStage = contact.standing.lifecycleStage
    }
    // Nor may the reason of a loss be written, or emptied, when it is no longer what RD was told last.
    if let field = update.field, let opportunity = opportunities[key],
      field.values.isEmpty == (opportunity.toldStatus == OpportunityState.Status.lost.rawValue)
    {
      update.field = nil
    }
    return OnceCall(
      message,
      RDPlan(update, of: key.id, people: people),
      after: effect,
      repeated: update.events.isEmpty ? .isHarmless : .harms
    )
  }
}

/// What RD Station is about to be told, claimed before it is told.
package enum RDClaim: Sendable {
  case opportunity(IntegrationKey, OpportunityState)
  case contact(IntegrationKey, version: Int)
}
