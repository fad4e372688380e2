package import Workers

/// What importing one event of one lead changes.
package enum ImportDecision: Sendable, Hashable {
  /// The event enters; `first` when the lead was not known before (B059).
  case accept(first: Bool)
  /// A rule of the settings keeps it out (B015), or it is our own mark: nothing is created, and the
  /// reason is kept.
  case ignore(Reason)
  /// This very event was stored before; a webhook may be delivered several times.
  case duplicate

  /// `isOwnMark`: whether it is RD Station telling of a mark that we set.
  package init(
    for event: LeadEvent,
    rules: ImportRules,
    isKnownEvent: Bool,
    isKnownLead: Bool,
    isOwnMark: Bool = false
  ) {
    if isKnownEvent {
      self = .duplicate
    } else if isOwnMark {
      self = .ignore(.ownMark)
    } else if let refusal = rules.refusal(of: event) {
      self = .ignore(refusal)
    } else {
      self = .accept(first: !isKnownLead)
    }
  }
}
