internal import StrictJSON

/// The body of webhooks that were made through the API (rd-station-marketing.md 3.3).
enum CurrentContact {
  static func event(from json: JSON, type: String) -> RDWebhookBody.Item {
    let contact = json["contact"] ?? .null
    guard contact.members != nil else { return .failure(.init(detail: "contact is no object")) }
    let kind: LeadEvent.Kind
    switch type.uppercased() {
    case "WEBHOOK.CONVERTED": kind = .conversion
    case "WEBHOOK.MARKED_OPPORTUNITY": kind = .opportunityMark
    default: return .failure(.init(detail: "its event_type is unknown"))
    }
    let lead = profile(contact)
    guard let subject = lead.rdUUID ?? lead.email else {
      return .failure(.init(detail: "the contact has neither uuid nor e-mail"))
    }
    let moment = json.words("event_timestamp")
    let identifier = json.words("event_identifier")
    // `timestamp` is the time of sending and differs between two deliveries of one event.
    let hash = RDWebhookBody.hash(subject, type.uppercased(), identifier, moment)
    return .success(
      LeadEvent(
        kind: kind,
        lead: lead,
        identifier: kind == .conversion ? identifier : nil,
        occurredAt: moment.flatMap { Timestamp($0) },
        origin: contact["funnel"]?.words("origin"),
        number: nil,
        key: "current:\(hash)"
      )
    )
  }

  private static func profile(_ contact: JSON) -> LeadProfile {
    let funnel = contact["funnel"] ?? .null
    var lead = LeadProfile()
    lead.rdUUID = contact.words("uuid")?.lowercased()
    lead.email = contact.words("email")
    lead.name = contact.words("name")
    lead.company = contact["company"]?.words("name")
    lead.jobTitle = contact.words("job_title")
    lead.personalPhone = contact.words("personal_phone") ?? contact.words("phone")
    lead.mobilePhone = contact.words("mobile_phone")
    lead.city = contact.words("city")
    lead.state = contact.words("state")
    lead.country = contact.words("country")
    lead.website = contact.words("website")
    lead.facebook = contact.words("facebook")
    lead.linkedin = contact.words("linkedin")
    lead.ownerEmail = funnel.words("contact_owner_email")
    lead.lifecycleStage = funnel.words("lifecycle_stage").flatMap { LifecycleStage(anyOf: $0) }
    lead.isOpportunity = funnel.truth("opportunity")
    lead.interest = funnel.count("interest")
    lead.tags = contact.list("tags")
    lead.customFields = (contact.members ?? []).filter { $0.key.hasPrefix("cf_") }
    return lead
  }
}
