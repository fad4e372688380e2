package import Workers

/// What is known of the leads and events of a batch; grows as the batch is decided, so that the second
/// of two equal events in one batch is a repeat.
package struct ImportKnowledge: Sendable {
  private var events: Set<IntegrationKey>
  private var leads: Set<IntegrationKey>

  package init(events: Set<IntegrationKey>, leads: Set<IntegrationKey>) {
    self.events = events
    self.leads = leads
  }

  package mutating func decide(_ event: LeadEvent, in integration: String, rules: ImportRules)
    -> ImportDecision
  {
    let eventKey = IntegrationKey(integration, event.id(in: integration))
    let leadKey = event.leadID(in: integration).map { IntegrationKey(integration, $0) }
    let decision = ImportDecision(
      for: event,
      rules: rules,
      isKnownEvent: events.contains(eventKey) && !Saboteur.repeatsNotKnown.isOn,
      isKnownLead: leadKey.map(leads.contains) ?? false
    )
    if case .accept = decision {
      events.insert(eventKey)
      if let leadKey { leads.insert(leadKey) }
    }
    return decision
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
