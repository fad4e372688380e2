package import StrictJSON

/// The body `{"leads":[…]}` of webhooks made in RD's screen, with its text booleans and counts.
package enum LegacyBody {
  package static func json(of lead: LeadFacts) -> JSON {
    var custom = JSON.Members()
    for field in lead.customFields { custom[field.label] = field.value }
    return [
      "leads": [
        [
          "id": .string(lead.legacyID), "uuid": .string(lead.uuid), "email": .string(lead.email),
          "name": .optional(lead.name), "company": .optional(lead.company),
          "job_title": .optional(lead.jobTitle), "bio": nil,
          "public_url": .string("http://app.rdstation.com.br/leads/public/\(lead.uuid)"),
          "created_at": .string(lead.createdAt.brasilia),
          "opportunity": .string(lead.isOpportunity ? "true" : "false"),
          "number_conversions": .string(String(lead.conversionCount)),
          "user": .optional(lead.owner),
          "first_conversion": conversion(lead.firstConversion, of: lead, isLast: false),
          "last_conversion": conversion(lead.lastConversion, of: lead, isLast: true),
          "custom_fields": .object(custom), "website": .optional(lead.website),
          "personal_phone": .optional(lead.personalPhone),
          "mobile_phone": .optional(lead.mobilePhone), "phone": nil,
          "city": .optional(lead.city), "state": .optional(lead.state),
          "tags": lead.tags.isEmpty ? nil : .array(lead.tags.map(JSON.string)),
          "lead_stage": .string(stage(lead.stage)),
          "last_marked_opportunity_date": .optional(lead.markedAt?.brasilia),
          "fit_score": .string(lead.fitLetter), "interest": .number(lead.interest),
        ]
      ]
    ]
  }

  /// The Portuguese label of the API's English stage.
  private static func stage(_ stage: String) -> String {
    switch stage {
    case "Qualified Lead": "Lead Qualificado"
    case "Client": "Cliente"
    default: "Lead"
    }
  }

  private static func conversion(
    _ conversion: ConversionFacts?,
    of lead: LeadFacts,
    isLast: Bool
  ) -> JSON {
    guard let conversion else { return nil }
    return [
      "content": isLast ? content(conversion, of: lead) : shortContent(conversion, of: lead),
      "created_at": .string(conversion.at.brasilia),
      "cumulative_sum": .string(String(conversion.ordinal)),
      "source": .string(conversion.identifier),
      "conversion_origin": [
        "source": .string(conversion.source), "medium": .string(conversion.medium),
        "value": .optional(conversion.value), "campaign": .string(conversion.campaign),
        "channel": .string(conversion.channel),
      ],
    ]
  }

  private static func shortContent(_ conversion: ConversionFacts, of lead: LeadFacts) -> JSON {
    [
      "identificador": .string(conversion.identifier), "Nome": .optional(lead.name),
      "email_lead": .string(lead.email), "UF": .optional(lead.state),
    ]
  }

  private static func content(_ conversion: ConversionFacts, of lead: LeadFacts) -> JSON {
    let identifier = JSON.string(conversion.identifier)
    let time = JSON.string(conversion.at.utc)
    var answers = JSON.Members()
    for (name, value) in conversion.answers.sorted(by: { $0.key < $1.key }) {
      answers[name] = .string(value)
    }
    return [
      "event_type": "CONVERSION", "event_identifier": identifier,
      "conversion_identifier": identifier, "identificador": identifier,
      "event_timestamp": time, "created_at": time,
      "conversion_url": .string("https://www.exemplo.com.br/\(conversion.identifier)"),
      "conversion_domain": "www.exemplo.com.br",
      "traffic_source": .string(trafficSource(conversion)),
      // Answers sit in a text that is JSON once more.
      "conversion_payload": .string(JSON.object(answers).text),
      "email_lead": .string(lead.email), "Nome": .optional(lead.name),
      "Celular": .optional(lead.mobilePhone), "phone_lead": nil,
      "__cdp__original_event": [
        "event_uuid": .string(conversion.eventUUID),
        "event_batch_uuid": .string(conversion.batchUUID), "event_batch_index": 0,
        "event_identifier": identifier, "event_type": "CONVERSION", "event_family": "CDP",
        "event_timestamp": time,
        "payload": ["email": .string(lead.email), "name": .optional(lead.name)],
      ],
    ]
  }

  /// The two sessions as base64 without padding, as RD sends it; plain for our own.
  private static func trafficSource(_ conversion: ConversionFacts) -> String {
    if conversion.value != nil { return conversion.source }
    let session: JSON = ["value": .string("utm_source=\(conversion.source)")]
    let sessions: JSON = ["first_session": session, "current_session": session]
    return "encoded_\(base64(sessions.encoded))"
  }

  private static func base64(_ bytes: [UInt8]) -> String {
    let alphabet = Array(
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8
    )
    var out: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32((3 - group.count) * 8)
      for index in 0...group.count {
        out.append(alphabet[Int(bits >> UInt32(18 - index * 6) & 63)])
      }
    }
    return String(decoding: out, as: UTF8.self)
  }
}
