package import Belt

/// What the opportunity creator knows of one event.
package struct OpportunitySubject: Sendable, Hashable {
  package var event: Identifier
  package var kind: LeadEvent.Kind
  package var identifier: String?
  package var lead: LeadProfile
  package var leadID: Identifier
  package var contact: Identifier
  package var company: Identifier?
  package var companyName: String?
  /// Their records in a CRM that has people of its own; nil when it has none of them yet.
  package var contactRecord: CRMRecord?
  package var companyRecord: CRMRecord?
  /// Who owns the contact's and the company's records in the CRM; nil when they are new there.
  package var contactOwner: String?
  package var companyOwner: String?
  /// The lead's events so far, oldest first, this one included (B061).
  package var history: [HistoryItem]
  /// Opportunities of this lead that are still open in the CRM, newest first.
  package var open: [OpenOpportunity]

  package init(
    event: Identifier,
    kind: LeadEvent.Kind,
    identifier: String?,
    lead: LeadProfile,
    leadID: Identifier,
    contact: Identifier,
    company: Identifier?,
    companyName: String?,
    contactRecord: CRMRecord? = nil,
    companyRecord: CRMRecord? = nil,
    contactOwner: String? = nil,
    companyOwner: String? = nil,
    history: [HistoryItem],
    open: [OpenOpportunity] = []
  ) {
    self.event = event
    self.kind = kind
    self.identifier = identifier
    self.lead = lead
    self.leadID = leadID
    self.contact = contact
    self.company = company
    self.companyName = companyName
    self.contactRecord = contactRecord
    self.companyRecord = companyRecord
    self.contactOwner = contactOwner
    self.companyOwner = companyOwner
    self.history = history
    self.open = open
  }
}

/// An opportunity that is neither won nor lost.
package struct OpenOpportunity: Sendable, Hashable {
  package var id: Identifier
  /// Nil until the CRM has it.
  package var record: CRMRecord?
  package var pipeline: String

  package init(id: Identifier, record: CRMRecord?, pipeline: String) {
    self.id = id
    self.record = record
    self.pipeline = pipeline
  }
}

/// One line of the lead's history at RD Station, with identifier and origin (B061).
package struct HistoryItem: Sendable, Hashable {
  package var kind: LeadEvent.Kind
  package var identifier: String?
  package var origin: String?
  package var at: Timestamp?

  package init(kind: LeadEvent.Kind, identifier: String?, origin: String?, at: Timestamp?) {
    self.kind = kind
    self.identifier = identifier
    self.origin = origin
    self.at = at
  }
}
