import Leads
import Belt

extension OpportunitySubject {
  /// A lead of which little is known, with one event, and what a test changes.
  static func sample(
    _ kind: LeadEvent.Kind = .conversion,
    identifier: String? = "orcamento",
    event: Int = 1,
    open: [OpenOpportunity] = [],
    change: (inout LeadProfile) -> Void = { _ in }
  ) -> OpportunitySubject {
    var lead = LeadProfile()
    lead.name = "Ana Prado"
    lead.tags = ["feira"]
    change(&lead)
    return OpportunitySubject(
      event: Identifier(derivedFrom: "event", String(event)),
      kind: kind,
      identifier: kind == .conversion ? identifier : nil,
      lead: lead,
      leadID: Identifier(derivedFrom: "lead"),
      contact: Identifier(derivedFrom: "contact"),
      company: nil,
      companyName: nil,
      history: [HistoryItem(kind: kind, identifier: identifier, origin: "google", at: nil)],
      open: open
    )
  }
}

extension OpportunityDecision {
  /// - Throws: The reason why none is made.
  func draft() throws -> OpportunityDraft {
    switch self {
    case .create(let draft, _): return draft
    case .none(let reason), .hold(let reason), .wait(let reason): throw reason
    case .revise, .recordsOnly: throw Reason("other", "\(self)")
    }
  }

  /// Why none is made; nil when one is.
  var reason: Reason? {
    switch self {
    case .none(let reason), .hold(let reason), .wait(let reason): reason
    case .create, .revise, .recordsOnly: nil
    }
  }

  var isHold: Bool {
    guard case .hold = self else { return false }
    return true
  }
}
