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
    let update = RDUpdate(of: change, updates, lossReasonField: field)
    self = update.isEmpty ? .none(.silence(on: change)) : .send(update)
  }
}

extension RDUpdate {
  fileprivate init(of change: RDUpdateDecision.Change, _ may: RDUpdates, lossReasonField: String?) {
    self.init(tags: may.tags)
    func convert(_ conversions: StandardConversion?...) {
      guard may.standardConversions else { return }
      events += conversions.compactMap(\.self).map { .conversion($0) }
    }
    func fill(with reason: String?) {
      field = lossReasonField.map { FieldValue(name: $0, values: reason.map { [$0] } ?? []) }
    }
    switch change {
    case .created(let byMark, let firstImport):
      convert(firstImport ? .created : .evolved, .opportunityCreated)
      // A lead that came by its mark is marked already.
      if may.opportunityMark, !byMark { events.append(.opportunity) }
    case .revised: convert(.evolved)
    case .closed(let state, _) where state.status == .lost:
      if may.saleConversionOnAnyClose { convert(.sale) }
      if may.outcomes { events.append(.lost(reason: state.lossReason)) }
      if let reason = state.lossReason { fill(with: reason) }
    case .closed(let state, let loss):
      let isWon = state.status == .won
      if isWon { convert(.sale) }
      if loss == .ofThis, may.opportunityMark, may.outcomes { events.append(.opportunity) }
      if loss == .ofThis || isWon && loss == .ofAnother { fill(with: nil) }
      if isWon, may.outcomes { events.append(.sale(value: state.value)) }
      if isWon, may.lifecycleStage { lifecycleStage = .client }
    case .converted(let standing, let bySale):
      convert(standing.conversion)
      // A client by a sale was told with the sale.
      if may.lifecycleStage, !(bySale && standing == .client) {
        lifecycleStage = standing.lifecycleStage
      }
    }
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
