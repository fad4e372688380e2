internal import StrictJSON

/// The body of webhooks that were made through the API (rd-station-marketing.md 3.3).
enum CurrentContact {
  static func event(from json: JSON, in integration: String, type: String) -> RDWebhookBody.Item {
    let contact = json["contact"] ?? .null
    guard contact.members != nil else { return .failure(.init(detail: "contact is no object")) }
    let kind: LeadEvent.Kind
    switch type.uppercased() {
    case "WEBHOOK.CONVERTED": kind = .conversion
    case "WEBHOOK.MARKED_OPPORTUNITY": kind = .opportunityMark
    default: return .failure(.init(detail: "its event_type is unknown"))
    }
    return RDWebhookBody.subject(of: profile(contact), in: contact).map { subject, lead in
      let moment = json.words("event_timestamp")
      let identifier = json.words("event_identifier")
      // `timestamp` is the time of sending and differs between two deliveries of one event.
      let hash = RDWebhookBody.hash(subject, type.uppercased(), identifier, moment)
      var event = LeadEvent(
        kind: kind,
        lead: lead,
        identifier: kind == .conversion ? identifier : nil,
        occurredAt: moment.flatMap { Timestamp($0) },
        origin: TrafficSource.origin([contact["funnel"]?.words("origin")]),
        number: nil,
        key: "current:\(hash)",
        in: integration
      )
      if kind == .conversion {
        event.crmActivity = CRMActivity.name(type: nil, labels: identifier.map { [$0] } ?? [])
      }
      event.fit = contact["funnel"]?.count("fit")
      return event
    }
  }

  private static func profile(_ contact: JSON) -> LeadProfile {
    let funnel = contact["funnel"] ?? .null
    var lead = LeadProfile()
    lead.rdUUID = contact.identity("uuid")?.lowercased()
    lead.email = contact.words("email").map { LeadEmail($0) }
    lead.takeTexts(
      of: contact,
      [
        "name", "job_title", "personal_phone", "mobile_phone", "city", "state", "country",
        "website",
        "facebook", "linkedin",
      ]
    )
    // Without its relation the company is not sent; with it, null is a contact without one.
    lead.take("company", \.company, contact["company"]?["name"])
    if contact["company"] == .null { lead.cleared.insert("company") }
    lead.take("owner_email", \.ownerEmail, funnel["contact_owner_email"])
    lead.lifecycleStage = funnel.words("lifecycle_stage").flatMap { LifecycleStage(anyOf: $0) }
    lead.note(funnel["lifecycle_stage"], as: "lifecycle_stage")
    lead.isOpportunity = funnel.truth("opportunity")
    lead.interest = funnel.count("interest")
    lead.note(funnel["interest"], as: "interest")
    lead.tags = contact.list("tags")
    lead.note(contact["tags"], as: "tags")
    lead.customFields = RDWebhookBody.customFields(
      (contact.members ?? []).filter { $0.key.hasPrefix("cf_") }
    )
    return lead
  }
}
