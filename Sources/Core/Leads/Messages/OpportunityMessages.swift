package import StrictJSON
package import Belt

/// The CRM holds a new opportunity.
package struct OpportunityCreated: MessageBody {
  package static let type = "opportunity.created.v1"
  package let opportunity: Identifier

  package init(opportunity: Identifier) { self.opportunity = opportunity }

  package var json: JSON { ["opportunity": .string("\(opportunity)")] }

  package init(json: JSON) throws(MessageFault) {
    opportunity = try json.identifier("opportunity", in: Self.type)
  }
}

/// A newer event of its lead brought an open opportunity of the CRM up to date.
package struct OpportunityRevised: MessageBody {
  package static let type = "opportunity.revised.v1"
  package let opportunity: Identifier
  package let event: Identifier

  package init(opportunity: Identifier, event: Identifier) {
    self.opportunity = opportunity
    self.event = event
  }

  package var json: JSON {
    ["opportunity": .string("\(opportunity)"), "event": .string("\(event)")]
  }

  package init(json: JSON) throws(MessageFault) {
    opportunity = try json.identifier("opportunity", in: Self.type)
    event = try json.identifier("event", in: Self.type)
  }
}

/// The CRM changed an opportunity; what changed is decided by the state read back, never by the
/// message (R29).
package struct OpportunityChanged: MessageBody {
  package static let type = "opportunity.changed.v1"
  package let opportunity: Identifier
  /// The CRM's own counter of changes: a later state has a higher one.
  package let version: Int

  package init(opportunity: Identifier, version: Int) {
    self.opportunity = opportunity
    self.version = version
  }

  package var json: JSON {
    ["opportunity": .string("\(opportunity)"), "version": .number(version)]
  }

  package init(json: JSON) throws(MessageFault) {
    opportunity = try json.identifier("opportunity", in: Self.type)
    version = try json.version(in: Self.type)
  }
}
