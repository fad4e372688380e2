package import Workers

/// What RD Station is to be told of one opportunity.
package struct RDUpdate: Sendable, Hashable {
  package enum Event: Sendable, Hashable {
    case opportunity
    case sale(value: String?)
    case lost(reason: String?)
    case conversion(StandardConversion)
  }

  /// Sent in one call, in this order.
  package var events: [Event]
  /// Set after the events; nil leaves it.
  package var lifecycleStage: LifecycleStage?
  /// The loss reason for the field that the settings name.
  package var field: FieldValue?

  /// What is told, for people.
  package var words: String {
    var words = events.map { event in
      switch event {
      case .opportunity: "opportunity mark"
      case .sale(let value): "sale\(value.map { " of \($0)" } ?? "")"
      case .lost(let reason): "loss\(reason.map { " (\($0))" } ?? "")"
      case .conversion(let conversion): "conversion “\(conversion.rawValue)”"
      }
    }
    if let lifecycleStage { words.append("stage “\(lifecycleStage.rawValue)”") }
    if let field { words.append("field “\(field.name)”") }
    return words.joined(separator: ", ")
  }

  package init(events: [Event], lifecycleStage: LifecycleStage? = nil, field: FieldValue? = nil) {
    self.events = events
    self.lifecycleStage = lifecycleStage
    self.field = field
  }
}

/// What the RD updater decides for one change of one opportunity.
package enum RDUpdateDecision: Sendable, Hashable {
  case send(RDUpdate)
  /// Nothing is to be told, for this reason.
  case none(Reason)

  package enum Change: Sendable, Hashable {
    case created(byMark: Bool, firstImport: Bool)
    case closed(OpportunityState)
  }

  /// The largest sale that RD Station accepts, in reais (B198).
  package static let saleValueMax = 99_999_999

  package init(for change: Change, email: String?, updates: RDUpdates, lossReasonField: String?) {
    guard email.flatMap(EmailAddress.init) != nil else {
      self = .none(
        Reason(
          "no_valid_email",
          "RD Station knows people by e-mail, and this lead has no valid one."
        )
      )
      return
    }
    let update: RDUpdate
    switch change {
    case .created(let byMark, let firstImport):
      update = Self.created(byMark: byMark, firstImport: firstImport, updates)
    case .closed(let state):
      if state.status == .won, let value = state.value, Self.isOverLimit(value) {
        self = .none(
          Reason(
            "sale_value_over_limit",
            "The value is above R$ 99,999,999.00, which RD Station refuses; it is never cut."
          )
        )
        return
      }
      update = Self.closed(state, updates, lossReasonField)
    }
    let isEmpty = update.events.isEmpty && update.lifecycleStage == nil && update.field == nil
    self =
      isEmpty
      ? .none(Reason("nothing_to_tell", "The settings switch off what RD Station would be told."))
      : .send(update)
  }

  private static func created(byMark: Bool, firstImport: Bool, _ updates: RDUpdates) -> RDUpdate {
    var update = RDUpdate(events: [])
    if updates.standardConversions {
      update.events.append(.conversion(firstImport ? .created : .evolved))
      update.events.append(.conversion(.opportunityCreated))
    }
    // A lead that came by its mark is marked already.
    if updates.opportunityMark, !byMark { update.events.append(.opportunity) }
    return update
  }

  private static func closed(_ state: OpportunityState, _ updates: RDUpdates, _ field: String?)
    -> RDUpdate
  {
    var update = RDUpdate(events: [])
    switch state.status {
    case .open: break
    case .won:
      if updates.standardConversions { update.events.append(.conversion(.sale)) }
      if updates.outcomes { update.events.append(.sale(value: state.value)) }
      if updates.lifecycleStage { update.lifecycleStage = .client }
    case .lost:
      if updates.outcomes { update.events.append(.lost(reason: state.lossReason)) }
      if let field, let reason = state.lossReason {
        update.field = FieldValue(name: field, value: reason)
      }
    }
    return update
  }

  private static func isOverLimit(_ value: String) -> Bool {
    guard let amount = Double(value) else { return true }
    return amount > Double(saleValueMax)
  }
}
