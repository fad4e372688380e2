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
    lossReasonField: String?
  ) {
    guard people.contains(where: \.isReachable) else {
      self = .none(
        Reason(
          "no_valid_email",
          "RD Station knows people by e-mail, and this lead has no valid one."
        )
      )
      return
    }
    var update: RDUpdate
    switch change {
    case .created(let byMark, let firstImport):
      update = Self.created(byMark: byMark, firstImport: firstImport, updates)
    case .revised:
      update = RDUpdate(events: updates.standardConversions ? [.conversion(.evolved)] : [])
    case .closed(let state, let earlierLoss):
      if state.status == .won, let reason = Self.refusal(ofSaleOf: state.value) {
        self = .refuse(reason)
        return
      }
      update = Self.closed(state, earlierLoss, updates, lossReasonField)
    case .converted(let standing, let bySale):
      update = Self.converted(standing, bySale: bySale, updates)
    }
    guard !update.isEmpty else {
      self = .none(Self.silence(on: change))
      return
    }
    update.tags = updates.tags
    self = .send(update)
  }

  private static func created(byMark: Bool, firstImport: Bool, _ updates: RDUpdates) -> RDUpdate {
    var update = RDUpdate()
    if updates.standardConversions {
      update.events.append(.conversion(firstImport ? .created : .evolved))
      update.events.append(.conversion(.opportunityCreated))
    }
    // A lead that came by its mark is marked already.
    if updates.opportunityMark, !byMark { update.events.append(.opportunity) }
    return update
  }

  private static func closed(
    _ state: OpportunityState,
    _ earlierLoss: EarlierLoss,
    _ updates: RDUpdates,
    _ field: String?
  ) -> RDUpdate {
    var update = RDUpdate()
    let restoresMark = updates.opportunityMark && updates.outcomes && earlierLoss == .ofThis
    let tellsSale =
      state.status == .won || (state.status == .lost && updates.saleConversionOnAnyClose)
    if updates.standardConversions, tellsSale { update.events.append(.conversion(.sale)) }
    switch state.status {
    case .open:
      if restoresMark { update.events.append(.opportunity) }
      if let field, earlierLoss == .ofThis { update.field = .emptied(field) }
    case .won:
      if restoresMark { update.events.append(.opportunity) }
      if updates.outcomes { update.events.append(.sale(value: state.value)) }
      if updates.lifecycleStage { update.lifecycleStage = .client }
      if let field, earlierLoss != .never { update.field = .emptied(field) }
    case .lost:
      if updates.outcomes { update.events.append(.lost(reason: state.lossReason)) }
      if let field, let reason = state.lossReason {
        update.field = FieldValue(name: field, value: reason)
      }
    }
    return update
  }

  /// The sale tells the stage, and the contact does not tell it again.
  private static func converted(
    _ standing: ContactStanding,
    bySale: Bool,
    _ updates: RDUpdates
  ) -> RDUpdate {
    var update = RDUpdate()
    if updates.standardConversions, let conversion = standing.conversion {
      update.events.append(.conversion(conversion))
    }
    let isToldBySale = bySale && standing == .client
    if updates.lifecycleStage, !isToldBySale { update.lifecycleStage = standing.lifecycleStage }
    return update
  }

  private static func refusal(ofSaleOf value: String?) -> Reason? {
    guard let value else { return nil }
    guard let sale = SaleValue(value) else {
      return Reason("sale_value_invalid", "The value of the sale is no amount of money.")
    }
    guard sale.isOverLimit else { return nil }
    return Reason(
      "sale_value_over_limit",
      "The value is above R$ 99,999,999.00, which RD Station refuses; it is never cut."
    )
  }

  private static func silence(on change: Change) -> Reason {
    if case .closed(let state, _) = change, state.status == .open {
      return Reason(
        "opportunity_still_open",
        "The opportunity is neither won nor lost: RD Station is told of nothing in between."
      )
    }
    if case .converted(.client, bySale: true) = change {
      return Reason("nothing_to_tell", "RD Station is told of the client with the sale.")
    }
    return Reason("nothing_to_tell", "The settings switch off what RD Station would be told.")
  }
}

extension FieldValue {
  /// A field of which nothing is left.
  fileprivate static func emptied(_ name: String) -> FieldValue {
    FieldValue(name: name, values: [])
  }
}
