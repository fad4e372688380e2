package import Workers

/// What importing one event of one lead changes.
package enum ImportDecision: Sendable, Hashable {
  /// The event enters; `first` when the lead was not known before (B059).
  case accept(first: Bool)
  /// A rule of the settings keeps it out (B015): nothing is created, and the reason is kept.
  case ignore(Reason)
  /// This very event was stored before; a webhook may be delivered several times.
  case duplicate

  package init(for event: LeadEvent, rules: ImportRules, isKnownEvent: Bool, isKnownLead: Bool) {
    if isKnownEvent {
      self = .duplicate
    } else if let refusal = rules.refusal(of: event) {
      self = .ignore(refusal)
    } else {
      self = .accept(first: !isKnownLead)
    }
  }
}
