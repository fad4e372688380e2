package import BeltStorage
package import Leads
package import Belt

/// What the RD updater takes: which opportunity or contact a message speaks of.
package enum RDUpdaterInput: StageInput {
  /// An opportunity is new in the CRM.
  case created(Identifier)
  /// A newer event brought an open opportunity up to date.
  case revised(Identifier)
  /// A contact, whose standing is read with the rest.
  case contact(Identifier)
  /// An opportunity changed; how it stands is read back from the CRM, never taken from the message (R29).
  case changed(Identifier)
  /// The same, as the CRM shows it now.
  case shown(Identifier, OpportunityState)
  /// The CRM spoke of an opportunity that is none of ours.
  case foreign(Identifier)
  /// It cannot be read back now.
  case unread(Identifier, Outcome)
  /// The webhook of a CRM, as it came.
  case hook([UInt8])

  package static let kinds: [InputKind<RDUpdaterInput>] = [
    InputKind(OpportunityCreated.self) { .created($0.opportunity) },
    InputKind(OpportunityRevised.self) { .revised($0.opportunity) },
    InputKind(ContactChanged.self) { .contact($0.contact) },
    InputKind(OpportunityChanged.self) { .changed($0.opportunity) },
    InputKind(CRMHookReceived.type) { .hook($0.body) },
  ]

  /// The opportunity or the contact; nil for a webhook, which may speak of many.
  var subject: Identifier? {
    switch self {
    case .created(let id), .revised(let id), .contact(let id), .changed(let id), .shown(let id, _),
      .foreign(let id), .unread(let id, _):
      id
    case .hook: nil
    }
  }

  var isOfContact: Bool {
    if case .contact = self { return true }
    return false
  }

  var isOfChange: Bool {
    if case .shown = self { return true }
    return false
  }

  /// Whether there is something of ours to be read about it.
  var isOfOurs: Bool {
    switch self {
    case .created, .revised, .contact, .changed, .shown: true
    case .foreign, .unread, .hook: false
    }
  }
}

extension RDUpdaterStage {
  /// How the CRMs show the opportunities that changed.
  package func look(_ taken: [Taken<RDUpdaterInput>]) async throws -> [Taken<RDUpdaterInput>] {
    let taken = try await resumingHooks(taken)
    let changed = taken.compactMap { taken in
      if case .changed(let id) = taken.input { return taken.key(id) }
      return nil as IntegrationKey?
    }
    guard !changed.isEmpty else { return taken }
    let states = try await CRMReadings(of: changed, in: pool, crms)
    return taken.map { taken in
      guard case .changed(let id) = taken.input else { return taken }
      return Taken(taken.message, Self.shown(id, taken, in: states))
    }
  }

  private static func shown(
    _ id: Identifier,
    _ taken: Taken<RDUpdaterInput>,
    in states: CRMReadings
  ) -> RDUpdaterInput {
    let key = taken.key(id)
    switch states.state(of: key) {
    case .success(let state?): return .shown(id, state)
    case .success(nil):
      let wait = wait(of: taken.message, for: states.standing(of: key))
      return wait.map { .unread(id, $0) } ?? .foreign(id)
    case .failure(let error): return .unread(id, error.outcome(of: taken.message))
    }
  }

  /// Looks for an opportunity that is not ours, in case that we are just recording it.
  static let foreignLooks = 3
  /// Looks for one whose creation has no known outcome yet: that of half an hour.
  private static let awaitedLooks = 60

  /// What to do about an opportunity that cannot be read; nil when it is no business of ours: a CRM
  /// speaks of all its deals, and most are not from a lead.
  private static func wait(of message: Message, for standing: CRMReadings.Standing) -> Outcome? {
    let looks: Int
    switch standing {
    case .recorded:
      return .retry(
        Reason("opportunity_not_found", "The CRM does not show the opportunity (yet).")
      )
    case .awaited: looks = awaitedLooks
    case .foreign: looks = foreignLooks
    }
    guard message.deferrals < looks else { return nil }
    return .snooze(message.waitBeforeAnotherLook, .opportunityAwaited)
  }
}

extension Reason {
  static let opportunityAwaited = Reason(
    "opportunity_awaited",
    "The CRM spoke of an opportunity that is not recorded here; it is looked for again shortly."
  )
}
