package import Belt

/// One thing that a lead did at RD Station, as one webhook tells it.
package struct LeadEvent: Sendable, Hashable {
  package enum Kind: String, Sendable {
    case conversion
    case opportunityMark = "opportunity_mark"
  }

  /// With us: derived from the integration and `key`, or that of the same event in another body.
  package private(set) var id: Identifier
  /// Of its lead with us; nil when nothing names one.
  package let leadID: Identifier?
  /// Whether it was stored from another body, under that body's key.
  package private(set) var isToldAgain = false
  package var kind: Kind
  package var lead: LeadProfile
  /// The conversion's identifier; nil for a mark, and for a lead that an automation flow sent without
  /// any conversion.
  package var identifier: String?
  /// When it happened at RD Station; nil when the body does not say.
  package var occurredAt: Timestamp?
  /// Source, medium and campaign in words, such as `google / cpc`; never RD's “unknown”.
  package var origin: String?
  /// RD's count of the lead's conversions up to this one.
  package var number: Int?
  /// The event's own identity (rd-station-marketing.md 3.7): equal for two deliveries of one
  /// event, different for two events.
  ///
  /// An automation flow's run for a lead without a conversion is told from RD's second delivery of
  /// it by what it says of the lead. A mark is never taken for the conversion before it.
  package let key: String
  /// When it happened, by all that the body says of it.
  package var instants: [Timestamp] = []
  /// All names of the conversion, folded.
  package var labels: Set<String> = []
  /// What it is called when it is a change in RD Station CRM and no conversion.
  package var crmActivity: String?
  /// What the conversion says besides the profile; `understood(in:)` puts it into `lead`.
  package var answers: [Answer] = []
  /// RD's number for the profile, which the current body has in place of the letter.
  package var fit: Int?
  /// Whether the profile's letter was read from that number, and is not RD's own.
  package var isLetterRead = false
  /// What a person should know of how the body was read.
  package var notes: [String] = []

  package init(
    kind: Kind,
    lead: LeadProfile,
    identifier: String?,
    occurredAt: Timestamp?,
    origin: String?,
    number: Int?,
    key: String,
    in integration: String
  ) {
    id = Identifier(derivedFrom: integration, "event", key)
    leadID = lead.id(in: integration)
    self.kind = kind
    self.lead = lead
    self.identifier = identifier
    self.occurredAt = occurredAt
    self.origin = origin
    self.number = number
    self.key = key
    instants = occurredAt.map { [$0] } ?? []
    labels = identifier.map { [Occurrence.folded($0)] } ?? []
  }

  /// It is one that was stored from another body.
  mutating func recognise(as event: Identifier) {
    id = event
    isToldAgain = true
  }
}

extension LeadProfile {
  /// The lead's identifier with us, from the strongest thing that names it; nil when nothing does.
  package func id(in integration: String) -> Identifier? {
    if let rdUUID { return Identifier(derivedFrom: integration, "lead", "rd", rdUUID) }
    if let email = email?.address {
      // A lead is RD Station's, so it is told apart as RD does; the mailbox behind it tells people apart.
      return Identifier(derivedFrom: integration, "lead", "email", email.address)
    }
    return rdID.map { Identifier(derivedFrom: integration, "lead", "rd_id", $0) }
  }
}
