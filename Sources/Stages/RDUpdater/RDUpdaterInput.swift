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
    case .created(let id), .revised(let id), .contact(let id), .changed(let id), .shown(let id, _):
      id
    case .hook: nil
    }
  }

  /// Why there is nothing to do about one that is not ours.
  var unknown: Reason {
    isOfContact
      ? Reason("contact_unknown", "The CRM spoke of a contact that is not from a lead.")
      : .opportunityUnknown
  }

  var isOfContact: Bool {
    if case .contact = self { return true }
    return false
  }

  var isOfChange: Bool {
    if case .shown = self { return true }
    return false
  }
}
