package import Belt

/// What is known of the leads and events of a batch; grows as the batch is decided, so that the second
/// of two equal events in one batch is a repeat.
package struct ImportKnowledge: Sendable {
  private var events: Set<IntegrationKey>
  private var leads: Set<IntegrationKey>
  /// What happened to each lead around the times of the batch.
  private var occurrences: [IntegrationKey: [Occurrence]]
  private var profiles: [IntegrationKey: KnownLead]
  package private(set) var ownMarks: OwnMarks

  package init(
    events: Set<IntegrationKey>,
    leads: Set<IntegrationKey>,
    occurrences: [IntegrationKey: [Occurrence]] = [:],
    profiles: [IntegrationKey: KnownLead] = [:],
    ownMarks: OwnMarks = .none
  ) {
    self.events = events
    self.leads = leads
    self.occurrences = occurrences
    self.profiles = profiles
    self.ownMarks = ownMarks
  }

  /// The event under the id that it is stored with, also when another form of body told it first.
  package func recognised(_ event: LeadEvent, in integration: String) -> LeadEvent {
    let lead = event.leadID.map { IntegrationKey(integration, $0) }
    var known = event
    // RD's own letter may stand in the other form of the event: ours does not replace it.
    if event.isLetterRead, let letter = lead.flatMap({ profiles[$0]?.profile.fitLetter }) {
      known.lead.fitLetter = letter
    }
    if events.contains(IntegrationKey(integration, event.id)) { return known }
    guard event.lead.rdUUID != nil, let lead,
      let same = occurrences[lead]?.first(where: { $0.isSame(as: event) })
    else { return event }
    known.recognise(as: same.event)
    // What the form answered may stand in one body only; the other does not take it back.
    known.lead.clearNothing()
    return known
  }

  /// The stored custom fields that the event tells by another name.
  package func namesReplaced(by event: LeadEvent, in integration: String) -> [String] {
    event.leadID
      .flatMap { profiles[IntegrationKey(integration, $0)] }?.profile
      .namesReplaced(by: event.lead) ?? []
  }

  /// Decides and learns.
  ///
  /// `arrivedAt`: when the webhook reached us, nil when that is not known; stands in for an event
  /// without a time. `isRepeat`: this very body has been here, so that it says nothing newer.
  package mutating func decide(
    _ event: LeadEvent,
    in integration: String,
    rules: ImportRules,
    arrivedAt: Timestamp? = nil,
    isRepeat: Bool = false
  ) -> ImportDecision {
    let eventKey = IntegrationKey(integration, event.id)
    let leadKey = event.leadID.map { IntegrationKey(integration, $0) }
    let isKnownEvent = event.isToldAgain || events.contains(eventKey)
    let sourceAt =
      arrivedAt.map { SourceTime(of: event, arrivedAt: $0.milliseconds).at.milliseconds }
      ?? event.occurredAt?.milliseconds ?? .max
    let known = leadKey.flatMap { profiles[$0] }
    let decision = ImportDecision(
      for: event,
      rules: rules,
      isKnownEvent: isKnownEvent,
      isKnownLead: leadKey.map(leads.contains) ?? false,
      isOwnMark: !isKnownEvent && isOwnMark(event, eventKey, arrivedAt),
      news: isRepeat ? [] : known?.news(in: event, at: sourceAt) ?? []
    )
    guard let leadKey else { return decision }
    switch decision {
    case .accept:
      events.insert(eventKey)
      leads.insert(leadKey)
      learn(event, eventKey.id, of: leadKey)
      profiles[leadKey, default: KnownLead(profile: LeadProfile(), sourceAt: .min)]
        .learn(event, at: sourceAt)
    case .renew, .hear: profiles[leadKey]?.learn(event, at: sourceAt)
    case .ignore, .duplicate, .putAside: break
    }
    return decision
  }

  private mutating func isOwnMark(
    _ event: LeadEvent,
    _ key: IntegrationKey,
    _ arrivedAt: Timestamp?
  ) -> Bool {
    guard event.kind == .opportunityMark else { return false }
    let at = event.occurredAt.map { at in
      arrivedAt.map { SourceTime(of: event, arrivedAt: $0.milliseconds).at } ?? at
    }
    return ownMarks.recognise(
      OwnMark.Sighting(event: key.id, at: at, arrivedAt: arrivedAt),
      in: key.integration
    )
  }

  private mutating func learn(_ event: LeadEvent, _ id: Identifier, of lead: IntegrationKey) {
    guard let at = event.occurredAt else { return }
    occurrences[lead, default: []].append(
      Occurrence(
        event: id,
        kind: event.kind,
        identifier: event.identifier,
        number: event.number,
        at: at
      )
    )
  }
}

/// An identifier within its integration; two integrations never meet.
package struct IntegrationKey: Sendable, Hashable {
  package let integration: String
  package let id: Identifier

  package init(_ integration: String, _ id: Identifier) {
    self.integration = integration
    self.id = id
  }
}
