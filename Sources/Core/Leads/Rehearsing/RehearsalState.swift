package import Belt

/// What a rehearsal knows of the leads so far; grows with every event, like the database does.
package struct RehearsalState: Sendable {
  /// What is known of one lead.
  package struct KnownLead: Sendable, Hashable {
    package var profile: LeadProfile
    package var history: [HistoryItem] = []
    package var open: [OpenOpportunity]

    package init(profile: LeadProfile, open: [OpenOpportunity] = []) {
      self.profile = profile
      self.open = open
    }
  }

  package let settings: Settings
  package var imports = ImportKnowledge(events: [], leads: [])
  package var central = CentralKnowledge()
  package var leads: [Identifier: KnownLead] = [:]
  package var companyNames: [Identifier: String] = [:]
  /// Who owns contacts and companies in the CRM.
  package var owners: [Identifier: String] = [:]
  package var rotations: [String: OwnerRotation] = [:]
  package var created: [FieldName: Set<String>] = [:]

  /// A state that knows nobody.
  package init(_ settings: Settings) { self.settings = settings }

  /// Decides one event as the stages would, one after the other, and learns from it.
  package mutating func rehearse(_ raw: LeadEvent) -> Rehearsal {
    let integration = settings.integration
    let event = imports.recognised(raw.understood(in: settings), in: integration)
    let rules = settings.importRules.verdicts(on: event)
    let decision = imports.decide(event, in: integration, rules: settings.importRules)
    guard case .accept(let first) = decision, let leadID = event.leadID else {
      return Rehearsal(event: event, rules: rules, importing: decision, entered: nil)
    }
    let known = learn(event, of: leadID)
    let keys = LeadKeys(of: known.profile, settings: settings)
    let match = CentralDecision(for: keys, lead: leadID, knowing: central, integration: integration)
    central.learn(match, of: keys)
    if let company = match.company?.id, let name = keys.companyName {
      companyNames[company] = companyNames[company] ?? name
    }
    let opportunity = decide(event, leadID, known, match)
    return Rehearsal(
      event: event,
      rules: rules,
      importing: decision,
      entered: Rehearsal.Entered(
        keys: keys,
        central: match,
        triggers: settings.triggerVerdicts(event.kind, identifier: event.identifier),
        decision: opportunity,
        telling: telling(opportunity, event, known, first: first)
      )
    )
  }

  private mutating func learn(_ event: LeadEvent, of leadID: Identifier) -> KnownLead {
    var known = leads[leadID] ?? KnownLead(profile: LeadProfile())
    known.profile = known.profile.joined(with: event.lead)
    known.history.append(
      HistoryItem(
        kind: event.kind,
        identifier: event.identifier,
        origin: event.origin,
        at: event.occurredAt
      )
    )
    known.history = known.history.suffix(50)
    leads[leadID] = known
    return known
  }

  private mutating func decide(
    _ event: LeadEvent,
    _ leadID: Identifier,
    _ known: KnownLead,
    _ match: CentralDecision
  ) -> OpportunityDecision {
    let company = match.company?.id
    let decision = OpportunityDecision(
      for: OpportunitySubject(
        event: event.id,
        kind: event.kind,
        identifier: event.identifier,
        lead: known.profile,
        leadID: leadID,
        contact: match.contact.id,
        company: company,
        companyName: company.flatMap { companyNames[$0] },
        contactOwner: owners[match.contact.id],
        companyOwner: company.flatMap { owners[$0] },
        history: known.history,
        open: known.open
      ),
      settings: settings,
      created: created,
      rotations: &rotations
    )
    switch decision {
    case .create(let draft, let choice):
      learn(choice)
      leads[leadID]?.open.insert(
        OpenOpportunity(
          id: draft.marker,
          record: CRMRecord(id: "\(draft.marker)"),
          pipeline: draft.pipeline
        ),
        at: 0
      )
    case .revise(_, _, let choice), .recordsOnly(let choice): learn(choice)
    case .hold, .wait, .none: break
    }
    return decision
  }

  private mutating func learn(_ choice: OpportunityDecision.Choice) {
    for (field, options) in choice.plan.newOptions {
      created[field, default: []].formUnion(options)
    }
    if choice.creates.contains(.contact), let owner = choice.owners.contact?.owner {
      owners[choice.contact] = owners[choice.contact] ?? owner
    }
    if choice.creates.contains(.company), let company = choice.company,
      let owner = choice.owners.company?.owner
    {
      owners[company] = owners[company] ?? owner
    }
  }

  private func telling(
    _ decision: OpportunityDecision,
    _ event: LeadEvent,
    _ known: KnownLead,
    first: Bool
  ) -> RDUpdateDecision? {
    let change: RDUpdateDecision.Change
    switch decision {
    case .create:
      change = .created(byMark: event.kind == .opportunityMark, firstImport: first)
    case .revise: change = .revised
    case .recordsOnly, .hold, .wait, .none: return nil
    }
    return RDUpdateDecision(
      for: change,
      people: [RDPerson(uuid: known.profile.rdUUID, email: known.profile.email?.text)],
      updates: settings.rdUpdates,
      lossReasonField: settings.lossReasonField
    )
  }
}
