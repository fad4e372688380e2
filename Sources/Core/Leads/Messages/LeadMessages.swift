package import StrictJSON
package import Belt

/// A webhook of RD Station as ingress accepted it: the raw body.
package enum WebhookReceived {
  package static let type = "webhook.received.v1"
}

/// A webhook of a CRM as ingress accepted it: the raw body.
package enum CRMHookReceived {
  package static let type = "crm-hook.received.v1"
}

/// A lead and one event of it are stored.
package struct LeadImported: MessageBody {
  package static let type = "lead.imported.v1"
  package let lead: Identifier
  package let event: Identifier

  package init(lead: Identifier, event: Identifier) {
    self.lead = lead
    self.event = event
  }

  package var json: JSON { ["lead": .string("\(lead)"), "event": .string("\(event)")] }

  package init(json: JSON) throws(MessageFault) {
    lead = try json.identifier("lead", in: Self.type)
    event = try json.identifier("event", in: Self.type)
  }
}

/// The event's person and company are known.
package struct LeadCentralized: MessageBody {
  package static let type = "lead.centralized.v1"
  package let lead: Identifier
  package let event: Identifier

  package init(lead: Identifier, event: Identifier) {
    self.lead = lead
    self.event = event
  }

  package var json: JSON { ["lead": .string("\(lead)"), "event": .string("\(event)")] }

  package init(json: JSON) throws(MessageFault) {
    lead = try json.identifier("lead", in: Self.type)
    event = try json.identifier("event", in: Self.type)
  }
}

/// RD Station's tags of a lead that has opportunities may have changed.
package struct LeadTagged: MessageBody {
  package static let type = "lead.tagged.v1"
  package let lead: Identifier

  package init(lead: Identifier) { self.lead = lead }

  package var json: JSON { ["lead": .string("\(lead)")] }

  package init(json: JSON) throws(MessageFault) {
    lead = try json.identifier("lead", in: Self.type)
  }
}
