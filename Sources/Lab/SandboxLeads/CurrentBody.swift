package import StrictJSON

/// The body `{event_type, …, contact}` of webhooks made through the API.
package enum CurrentBody {
  package enum Event: Sendable, Hashable {
    case converted(identifier: String)
    case markedOpportunity

    package var type: String {
      switch self {
      case .converted: "WEBHOOK.CONVERTED"
      case .markedOpportunity: "WEBHOOK.MARKED_OPPORTUNITY"
      }
    }

    var identifier: String {
      switch self {
      case .converted(let identifier): identifier
      case .markedOpportunity: "default"
      }
    }
  }

  /// The body of an event that happened at `at`; `sentAt` differs between two deliveries of it.
  package static func json(
    _ event: Event,
    of lead: LeadFacts,
    at: Timestamp,
    sentAt: Timestamp,
    withCompany: Bool = true,
    withFunnel: Bool = true
  ) -> JSON {
    [
      "event_type": .string(event.type), "entity_type": "CONTACT",
      "event_identifier": .string(event.identifier), "timestamp": .string(sentAt.brasilia),
      "event_timestamp": .string(at.brasilia),
      "contact": .object(contact(lead, withCompany: withCompany, withFunnel: withFunnel)),
    ]
  }

  private static func contact(
    _ lead: LeadFacts,
    withCompany: Bool,
    withFunnel: Bool
  ) -> JSON.Members {
    var contact = JSON.Members()
    contact["uuid"] = .string(lead.uuid)
    contact["email"] = .string(lead.email)
    let texts = [
      ("name", lead.name), ("job_title", lead.jobTitle), ("website", lead.website),
      ("personal_phone", lead.personalPhone), ("mobile_phone", lead.mobilePhone),
      ("city", lead.city), ("state", lead.state), ("country", lead.country),
    ]
    // Only fields that have a value.
    for (key, text) in texts { contact[key] = text.map(JSON.string) }
    contact["tags"] = .array(lead.tags.map(JSON.string))
    for field in lead.customFields { contact[field.identifier] = field.value }
    contact["legal_bases"] = [
      ["category": "communications", "type": "consent", "status": "granted"]
    ]
    if withCompany, let company = lead.company { contact["company"] = ["name": .string(company)] }
    if withFunnel {
      contact["funnel"] = [
        "name": "default", "lifecycle_stage": .string(lead.stage),
        "opportunity": .bool(lead.isOpportunity), "contact_owner_email": .optional(lead.owner),
        "interest": .number(lead.interest), "fit": .number(lead.fit),
        "origin": .string(lead.origin),
      ]
    }
    return contact
  }
}
