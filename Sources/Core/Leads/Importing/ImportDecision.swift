package import Belt

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
  /// What became of our own work, or of a deal at the CRM, is no event, but the body says something
  /// newer of a known person in these fields: an automation flow sends a lead with its last event,
  /// which by then may be ours.
  case hear(Reason, [String])
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
      self.init(.ownMark, isKnownLead, event.isLetterRead, news)
    } else if let refusal = rules.refusal(of: event) {
      self.init(refusal, isKnownLead, event.isLetterRead, news)
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

  private init(_ reason: Reason, _ isKnownLead: Bool, _ isLetterRead: Bool, _ news: [String]) {
    // These follow from our own work and reading as well, and alone are no news of the person.
    let ours = ["opportunity", "interest"] + (isLetterRead ? ["fit_letter"] : [])
    let news = news.filter { !ours.contains($0) }
    let isHeard = isKnownLead && !news.isEmpty && Self.heard.contains(reason.code)
    self = isHeard ? .hear(reason, news) : .ignore(reason)
  }

  /// Why an event is none although nobody has refused the person.
  private static let heard: Set<String> = ["own_mark", "own_conversion", "crm_activity"]
}

extension LeadProfile {
  fileprivate var namesAnybody: Bool {
    name != nil || email?.address != nil || mobilePhone != nil
      || personalPhone != nil
  }
}
