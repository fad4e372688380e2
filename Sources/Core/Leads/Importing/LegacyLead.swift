import Belt
internal import StrictJSON

/// One element of `leads`, the body of the screen's webhooks and of the automation action
/// (rd-station-marketing.md 3.2).
enum LegacyLead {
  static func event(
    from json: JSON,
    in integration: String,
    trigger: HookTrigger?
  ) -> RDWebhookBody.Item {
    guard json.members != nil else { return .failure(.init(detail: "a lead is no object")) }
    let answers = Answer.all(in: json)
    return RDWebhookBody.subject(of: profile(json, answers), in: json).map { subject, lead in
      var event = event(of: json, in: integration, trigger, subject, lead)
      event.answers = answers
      return event
    }
  }

  private static func event(
    of json: JSON,
    in integration: String,
    _ trigger: HookTrigger?,
    _ subject: String,
    _ lead: LeadProfile
  ) -> LeadEvent {
    let conversion = json["last_conversion"] ?? .null
    let content = conversion["content"] ?? .null
    let instants = instants(of: conversion, content)
    let convertedAt = instants.first
    let markedText = json.words("last_marked_opportunity_date")
    let markedAt = markedText.flatMap { Timestamp($0) }
    if isMark(trigger, lead, convertedAt: convertedAt, markedAt: markedAt, conversion) {
      let moment = markedText ?? RDWebhookBody.fingerprint(of: json)
      return LeadEvent(
        kind: .opportunityMark,
        lead: lead,
        identifier: nil,
        occurredAt: markedAt,
        origin: origin(conversion),
        number: nil,
        key: "mark:\(subject):\(moment)",
        in: integration
      )
    }
    let event = content["__cdp__original_event"] ?? .null
    let labels = [
      content.words("conversion_identifier"), content.words("identificador"),
      content.words("event_identifier"), conversion.words("source"),
      event.words("event_identifier"),
    ].compactMap(\.self)
    let number = conversion.count("cumulative_sum") ?? json.count("number_conversions")
    var told = LeadEvent(
      kind: .conversion,
      lead: lead,
      identifier: labels.first,
      occurredAt: convertedAt,
      origin: origin(conversion),
      number: number,
      key: key(of: json, conversion, subject: subject, number: number),
      in: integration
    )
    told.instants = instants
    told.labels = Set(labels.map(Occurrence.folded))
    told.crmActivity = CRMActivity.name(
      type: event.words("event_type") ?? content.words("event_type"),
      labels: labels
    )
    return told
  }

  /// When the person converted, by all that says so, the likeliest first.
  private static func instants(of conversion: JSON, _ content: JSON) -> [Timestamp] {
    [
      conversion.words("created_at"), content.words("event_timestamp"),
      content["__cdp__original_event"]?.words("event_timestamp"), content.words("created_at"),
    ].compactMap { $0.flatMap { Timestamp($0) } }
  }

  /// The body does not say which trigger sent it.
  ///
  /// A lead that was marked after its last conversion is taken as a mark, so that a mark is not
  /// swallowed as a repeat of that conversion.
  private static func isMark(
    _ trigger: HookTrigger?,
    _ lead: LeadProfile,
    convertedAt: Timestamp?,
    markedAt: Timestamp?,
    _ conversion: JSON
  ) -> Bool {
    switch trigger {
    case .opportunity: return true
    case .conversion: return false
    case .flow, nil: break
    }
    guard lead.isOpportunity == true else { return false }
    guard let markedAt else { return conversion.members == nil }
    guard let convertedAt else { return true }
    return markedAt > convertedAt
  }

  /// RD's event id; else the lead with the conversion's number; else a hash of what tells it apart.
  ///
  /// A lead that never converted comes from an automation flow that a segmentation or a field started
  /// (B020). The body names neither the flow nor its run, so that the whole lead is the key: RD's
  /// repeated delivery says the same and is one event; a later run says something new (another field,
  /// tag or stage) and is another. A later run that says nothing new changes nothing here either. A
  /// run for a lead that has converted has its last conversion's key: what was imported by that
  /// conversion is not imported twice (B019).
  private static func key(
    of json: JSON,
    _ conversion: JSON,
    subject: String,
    number: Int?
  ) -> String {
    if let id = conversion["content"]?["__cdp__original_event"]?.words("event_uuid") {
      return "conversion:\(id)"
    }
    if let number, number > 0 { return "conversion:\(subject):\(number)" }
    let moment = conversion.words("created_at")
    let source = conversion.words("source")
    guard moment != nil || source != nil else {
      return "flow:\(subject):\(RDWebhookBody.fingerprint(of: json))"
    }
    return "conversion:\(RDWebhookBody.hash(subject, moment, source))"
  }

  /// RD's own attribution, else what the visitor's browser told; nil where the lead's last conversion
  /// is one that we wrote, which has no visitor.
  private static func origin(_ conversion: JSON) -> String? {
    if StandardConversion(matching: conversion.words("source")) != nil { return nil }
    let origin = conversion["conversion_origin"] ?? .null
    return TrafficSource.origin(["source", "medium", "campaign"].map { origin.words($0) })
      ?? TrafficSource.origin(encoded: conversion["content"]?["traffic_source"])
  }

  private static func profile(_ json: JSON, _ answers: [Answer]) -> LeadProfile {
    var lead = LeadProfile()
    lead.rdUUID = json.identity("uuid")?.lowercased()
    lead.rdID = json.identity("id")
    lead.email = json.words("email").map { LeadEmail($0) }
    if lead.email?.address == nil {
      let answered = answers.filter { $0.field == "email" }.compactMap(\.value.string)
      lead.email = answered.lazy.map { LeadEmail($0) }.first { $0.address != nil } ?? lead.email
    }
    lead.takeTexts(
      of: json,
      [
        "name", "company", "job_title", "personal_phone", "mobile_phone", "city", "state",
        "website",
      ]
    )
    lead.take("owner_email", \.ownerEmail, json["user"])
    lead.lifecycleStage = json.words("lead_stage").flatMap { LifecycleStage(anyOf: $0) }
    lead.note(json["lead_stage"], as: "lifecycle_stage")
    lead.isOpportunity = json.truth("opportunity")
    lead.fitLetter = json.words("fit_score").flatMap(letter)
    lead.note(json["fit_score"], as: "fit_letter")
    lead.interest = json.count("interest")
    lead.note(json["interest"], as: "interest")
    lead.tags = json.list("tags")
    lead.note(json["tags"], as: "tags")
    lead.customFields = RDWebhookBody.customFields(json["custom_fields"]?.members ?? [])
    return lead
  }

  private static func letter(_ text: String) -> String? {
    let letter = text.uppercased()
    return ["A", "B", "C", "D"].contains(letter) ? letter : nil
  }
}
