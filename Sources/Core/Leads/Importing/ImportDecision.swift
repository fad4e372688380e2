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
  /// The event was stored before, and the body says something newer of the person in these fields: an
  /// automation flow sends a lead again, days later, with its last event.
  case renew([String])
  /// Nothing can be made of it as it is; a person may correct it.
  case putAside(Reason)

  /// Decides by what is known.
  ///
  /// `isOwnMark`: whether it is RD Station telling of a mark that we set; `news`: the fields of which
  /// the body says something newer.
  package init(
    for event: LeadEvent,
    rules: ImportRules,
    isKnownEvent: Bool,
    isKnownLead: Bool,
    isOwnMark: Bool = false,
    news: [String] = []
  ) {
    if isKnownEvent {
      self = news.isEmpty || rules.refusal(of: event) != nil ? .duplicate : .renew(news)
    } else if isOwnMark {
      self = .ignore(.ownMark)
    } else if let refusal = rules.refusal(of: event) {
      self = .ignore(refusal)
    } else if !isKnownLead, !event.lead.namesAnybody {
      self = .putAside(
        Reason(
          "lead_without_person",
          "The lead has neither name, e-mail address nor phone, so it makes no contact."
        )
      )
    } else {
      self = .accept(first: !isKnownLead)
    }
  }
}

extension LeadProfile {
  fileprivate var namesAnybody: Bool {
    name != nil || email.flatMap(EmailAddress.init) != nil || mobilePhone != nil
      || personalPhone != nil
  }
}
