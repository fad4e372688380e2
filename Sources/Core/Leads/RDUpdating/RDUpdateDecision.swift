package import Belt

/// What the RD updater decides for one change of one opportunity or contact.
package enum RDUpdateDecision: Sendable, Hashable {
  case send(RDUpdate)
  /// Nothing is to be told, for this reason.
  case none(Reason)
  /// RD Station would refuse it, and a person has to correct it (R41).
  case refuse(Reason)

  /// What happened in the CRM.
  package enum Change: Sendable, Hashable {
    case created(byMark: Bool, firstImport: Bool)
    /// A newer event of the lead brought an open opportunity up to date (R10).
    case revised
    /// An opportunity stands differently; one that is open and was before tells nothing (B046).
    case closed(OpportunityState, earlierLoss: EarlierLoss = .never)
    /// A contact has become this; `bySale` when it is a client by a sale, which RD Station is told of.
    case converted(ContactStanding, bySale: Bool = false)
  }

  /// What RD Station was told before, and shows until it is taken back.
  package enum EarlierLoss: Sendable, Hashable {
    case never
    /// Another opportunity of the lead was lost: its reason may stand in the lead's field.
    case ofAnother
    /// This one was: its reason may stand in the field, and RD Station took the mark away.
    case ofThis
  }

  /// Decides by the settings of the integration.
  ///
  /// `people`: the leads that the change is about; those without a valid e-mail are told of nothing.
  package init(
    for change: Change,
    people: [RDPerson],
    updates: RDUpdates,
    lossReasonField field: String?
  ) {
    guard people.contains(where: \.isReachable) else {
      self = .none(.noValidEmail)
      return
    }
    if case .closed(let state, _) = change, let refusal = SaleValue.refusal(of: state) {
      self = .refuse(refusal)
      return
    }
    var update = RDUpdate(events: change.conversions(updates).map { .conversion($0) })
    switch change {
    // A lead that came by its mark is marked already.
    case .created(let byMark, _) where updates.opportunityMark && !byMark:
      update.events.append(.opportunity)
    case .created, .revised: break
    case .closed(let state, let loss): update.tell(state, after: loss, updates, field)
    // A client by a sale was told with the sale.
    case .converted(.client, bySale: true): break
    case .converted(let standing, _) where updates.lifecycleStage:
      update.lifecycleStage = standing.lifecycleStage
    case .converted: break
    }
    update.tags = updates.tags
    self = update.isEmpty ? .none(.silence(on: change)) : .send(update)
  }
}

extension RDUpdateDecision.Change {
  /// The conversions that a change is, as far as the settings let them be told.
  fileprivate func conversions(_ updates: RDUpdates) -> [StandardConversion] {
    guard updates.standardConversions else { return [] }
    switch self {
    case .created(_, let firstImport):
      return [firstImport ? .created : .evolved, .opportunityCreated]
    case .revised: return [.evolved]
    case .closed(let state, _):
      let isSale = state.status == .won || state.status == .lost && updates.saleConversionOnAnyClose
      return isSale ? [.sale] : []
    case .converted(let standing, _): return standing.conversion.map { [$0] } ?? []
    }
  }
}

extension RDUpdate {
  fileprivate mutating func tell(
    _ state: OpportunityState,
    after loss: RDUpdateDecision.EarlierLoss,
    _ updates: RDUpdates,
    _ field: String?
  ) {
    let isWon = state.status == .won
    if state.status == .lost {
      if updates.outcomes { events.append(.lost(reason: state.lossReason)) }
      self.field = field.flatMap { name in
        state.lossReason.map { FieldValue(name: name, value: $0) }
      }
    } else {
      if loss == .ofThis, updates.opportunityMark, updates.outcomes { events.append(.opportunity) }
      let mayStand = isWon ? loss != .never : loss == .ofThis
      if mayStand { self.field = field.map { FieldValue(name: $0, values: []) } }
    }
    if isWon, updates.outcomes { events.append(.sale(value: state.value)) }
    if isWon, updates.lifecycleStage { lifecycleStage = .client }
  }
}

extension Reason {
  fileprivate static let noValidEmail = Reason(
    "no_valid_email",
    "RD Station knows people by e-mail, and this lead has no valid one."
  )

  fileprivate static func silence(on change: RDUpdateDecision.Change) -> Reason {
    switch change {
    case .closed(let state, _) where state.status == .open:
      Reason(
        "opportunity_still_open",
        "The opportunity is neither won nor lost: RD Station is told of nothing in between."
      )
    case .converted(.client, bySale: true):
      Reason("nothing_to_tell", "RD Station is told of the client with the sale.")
    default: Reason("nothing_to_tell", "The settings switch off what RD Station would be told.")
    }
  }
}
