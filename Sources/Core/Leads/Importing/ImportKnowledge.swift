package import Workers

/// What is known of the leads and events of a batch; grows as the batch is decided, so that the second
/// of two equal events in one batch is a repeat.
package struct ImportKnowledge: Sendable {
  private var events: Set<IntegrationKey>
  private var leads: Set<IntegrationKey>
  /// What happened to each lead around the times of the batch.
  private var occurrences: [IntegrationKey: [Occurrence]]
  package private(set) var ownMarks: OwnMarks

  package init(
    events: Set<IntegrationKey>,
    leads: Set<IntegrationKey>,
    occurrences: [IntegrationKey: [Occurrence]] = [:],
    ownMarks: OwnMarks = .none
  ) {
    self.events = events
    self.leads = leads
    self.occurrences = occurrences
    self.ownMarks = ownMarks
  }

  /// The event under the id that it is stored with, also when another form of body told it first.
  package func recognised(_ event: LeadEvent, in integration: String) -> LeadEvent {
    guard event.lead.rdUUID != nil, let lead = event.leadID(in: integration),
      !events.contains(IntegrationKey(integration, event.id(in: integration))),
      let same = occurrences[IntegrationKey(integration, lead)]?.first(where: {
        $0.isSame(as: event)
      })
    else { return event }
    var known = event
    known.knownAs = same.event
    return known
  }

  /// `arrivedAt`: when the webhook reached us; nil when that is not known.
  package mutating func decide(
    _ event: LeadEvent,
    in integration: String,
    rules: ImportRules,
    arrivedAt: Timestamp? = nil
  ) -> ImportDecision {
    let eventKey = IntegrationKey(integration, event.id(in: integration))
    let leadKey = event.leadID(in: integration).map { IntegrationKey(integration, $0) }
    let isKnownEvent =
      (event.knownAs != nil || events.contains(eventKey)) && !Saboteur.repeatsNotKnown.isOn
    let decision = ImportDecision(
      for: event,
      rules: rules,
      isKnownEvent: isKnownEvent,
      isKnownLead: leadKey.map(leads.contains) ?? false,
      isOwnMark: !isKnownEvent && isOwnMark(event, eventKey, arrivedAt)
    )
    if case .accept = decision {
      events.insert(eventKey)
      if let leadKey {
        leads.insert(leadKey)
        if let at = event.occurredAt {
          occurrences[leadKey, default: []].append(
            Occurrence(
              event: eventKey.id,
              kind: event.kind,
              identifier: event.identifier,
              number: event.number,
              at: at
            )
          )
        }
      }
    }
    return decision
  }

  private mutating func isOwnMark(
    _ event: LeadEvent,
    _ key: IntegrationKey,
    _ arrivedAt: Timestamp?
  ) -> Bool {
    guard event.kind == .opportunityMark, !Saboteur.ownMarkNotKnown.isOn else { return false }
    return ownMarks.recognise(
      OwnMark.Sighting(event: key.id, at: event.occurredAt, arrivedAt: arrivedAt),
      in: key.integration
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
