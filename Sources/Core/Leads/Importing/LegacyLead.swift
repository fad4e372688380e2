internal import StrictJSON

/// One element of `leads`, the body of the screen's webhooks and of the automation action
/// (rd-station-marketing.md 3.2).
enum LegacyLead {
  static func event(from json: JSON, trigger: String?) -> RDWebhookBody.Item {
    guard json.members != nil else { return .failure(.init(detail: "a lead is no object")) }
    let lead = profile(json)
    guard let subject = lead.rdUUID ?? lead.email ?? lead.rdID else {
      return .failure(.init(detail: "a lead has neither uuid, e-mail nor id"))
    }
    let conversion = json["last_conversion"] ?? .null
    let convertedAt = conversion.words("created_at").flatMap { Timestamp($0) }
    let markedText = json.words("last_marked_opportunity_date")
    let markedAt = markedText.flatMap { Timestamp($0) }
    if isMark(trigger, lead, convertedAt: convertedAt, markedAt: markedAt, conversion) {
      let moment = markedText ?? RDWebhookBody.hash(json.text)
      return .success(
        LeadEvent(
          kind: .opportunityMark,
          lead: lead,
          identifier: nil,
          occurredAt: markedAt,
          origin: origin(conversion),
          number: nil,
          key: "mark:\(subject):\(moment)"
        )
      )
    }
    let content = conversion["content"] ?? .null
    let identifier =
      content.words("conversion_identifier") ?? content.words("identificador")
      ?? content.words("event_identifier") ?? conversion.words("source")
    let number = conversion.count("cumulative_sum") ?? json.count("number_conversions")
    return .success(
      LeadEvent(
        kind: .conversion,
        lead: lead,
        identifier: identifier,
        occurredAt: convertedAt,
        origin: origin(conversion),
        number: number,
        key: key(of: conversion, subject: subject, number: number)
      )
    )
  }

  /// The body does not say which trigger sent it.
  ///
  /// A lead that was marked after its last conversion is taken as a mark, so that a mark is not
  /// swallowed as a repeat of that conversion.
  private static func isMark(
    _ trigger: String?,
    _ lead: LeadProfile,
    convertedAt: Timestamp?,
    markedAt: Timestamp?,
    _ conversion: JSON
  ) -> Bool {
    if trigger == "opportunity" { return true }
    if trigger == "conversion" { return false }
    guard lead.isOpportunity == true else { return false }
    guard let markedAt else { return conversion.members == nil }
    guard let convertedAt else { return true }
    return markedAt > convertedAt
  }

  /// RD's event id; else the lead with the conversion's number; else a hash of what tells it apart.
  private static func key(of conversion: JSON, subject: String, number: Int?) -> String {
    if let id = conversion["content"]?["__cdp__original_event"]?.words("event_uuid") {
      return "conversion:\(id)"
    }
    if let number { return "conversion:\(subject):\(number)" }
    let hash = RDWebhookBody.hash(
      subject,
      conversion.words("created_at"),
      conversion.words("source")
    )
    return "conversion:\(hash)"
  }

  private static func origin(_ conversion: JSON) -> String? {
    let origin = conversion["conversion_origin"] ?? .null
    let words = ["source", "medium", "campaign"].compactMap { key -> String? in
      guard let word = origin.words(key), word.lowercased() != "unknown" else { return nil }
      return word
    }
    return words.isEmpty ? nil : words.joined(separator: " / ")
  }

  private static func profile(_ json: JSON) -> LeadProfile {
    let content = json["last_conversion"]?["content"] ?? .null
    var lead = LeadProfile()
    lead.rdUUID = json.words("uuid")?.lowercased()
    lead.rdID = json.words("id") ?? json["id"]?.int.map(String.init)
    lead.email = json.words("email") ?? content.words("email_lead")
    lead.name = json.words("name")
    lead.company = json.words("company")
    lead.jobTitle = json.words("job_title")
    lead.personalPhone = json.words("personal_phone") ?? json.words("phone")
    lead.mobilePhone = json.words("mobile_phone") ?? content.words("Celular")
    lead.city = json.words("city")
    lead.state = json.words("state")
    lead.website = json.words("website")
    lead.linkedin = content.words("Linkedin")
    lead.ownerEmail = json.words("user")
    lead.lifecycleStage = json.words("lead_stage").flatMap { LifecycleStage(anyOf: $0) }
    lead.isOpportunity = json.truth("opportunity")
    lead.fitLetter = json.words("fit_score")?.uppercased()
    lead.interest = json.count("interest")
    lead.tags = json.list("tags")
    lead.customFields = json["custom_fields"]?.members ?? []
    return lead
  }
}
