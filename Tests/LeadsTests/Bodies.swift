import Belt
import Leads
import StrictJSON

/// Bodies as RD Station sends them, with what a test changes.
enum Bodies {
  static func legacy(
    uuid: String = "7d1f0c52-3b8e-4c3a-9a5e-6f2b41d0c9aa",
    email: JSON = "ana.prado@exemplo.com.br",
    jobTitle: JSON = "Compradora",
    fitScore: JSON = "b",
    conversion: String = "pedido-de-orcamento",
    eventUUID: String? = "0b6a2f1e-5d47-4c0e-8d1b-2f9f6f6d1a10",
    convertedAt: String = "2026-03-09T14:02:10.000-03:00",
    opportunity: JSON = "false",
    markedAt: JSON = nil,
    tags: JSON = ["galvanizacao", "feira-2026"]
  ) -> JSON {
    var content: JSON.Members = JSON.Members()
    content["conversion_identifier"] = .string(conversion)
    content["Celular"] = "+55 (11) 97000-1234"
    if let eventUUID { content["__cdp__original_event"] = ["event_uuid": .string(eventUUID)] }
    let lead: JSON = [
      "id": "4810275533", "uuid": .string(uuid), "email": email, "name": "Ana Prado",
      "company": "Prado Metais Ltda", "job_title": jobTitle, "bio": nil,
      "opportunity": opportunity, "number_conversions": "2", "user": "vendas@exemplo.com.br",
      "last_conversion": [
        "content": .object(content), "created_at": .string(convertedAt), "cumulative_sum": "2",
        "source": .string(conversion),
        "conversion_origin": ["source": "google", "medium": "cpc", "campaign": "unknown"],
      ],
      "custom_fields": ["Segmento de atuação": "Indústria"], "mobile_phone": nil,
      "city": "Campinas", "state": "SP", "tags": tags, "lead_stage": "Lead Qualificado",
      "last_marked_opportunity_date": markedAt, "fit_score": fitScore, "interest": 85,
    ]
    return ["leads": [lead]]
  }

  static func current(
    type: String = "WEBHOOK.CONVERTED",
    identifier: String = "pedido-de-orcamento",
    timestamp: String = "2026-03-09T14:02:13.204-03:00",
    eventTimestamp: String = "2026-03-09T14:02:10.000-03:00"
  ) -> JSON {
    [
      "event_type": .string(type), "entity_type": "CONTACT",
      "event_identifier": .string(identifier), "timestamp": .string(timestamp),
      "event_timestamp": .string(eventTimestamp),
      "contact": [
        "uuid": "7d1f0c52-3b8e-4c3a-9a5e-6f2b41d0c9aa", "email": "Ana.Prado@exemplo.com.br",
        "name": "Ana Prado", "job_title": "Compradora", "mobile_phone": "+55 (11) 97000-1234",
        "tags": ["galvanizacao"], "cf_segmento": "Indústria", "cf_linhas": ["tubos", "perfis"],
        "company": ["name": "Prado Metais Ltda"],
        "funnel": [
          "lifecycle_stage": "Qualified Lead", "opportunity": false,
          "contact_owner_email": "vendas@exemplo.com.br", "interest": 85, "fit": 72,
          "origin": "Busca Paga | Google",
        ],
      ],
    ]
  }

  /// The older body with some members of its lead replaced, or left out where the change says so.
  static func legacy(changing change: (inout JSON.Members) -> Void) -> JSON {
    var lead = JSON.Members(legacy()["leads"]?.array?.first?.members ?? [])
    change(&lead)
    return ["leads": [.object(lead)]]
  }

  /// The current body with some members of its contact changed.
  static func current(changing change: (inout JSON.Members) -> Void) -> JSON {
    var body = JSON.Members(current().members ?? [])
    var contact = JSON.Members(body["contact"]?.members ?? [])
    change(&contact)
    body["contact"] = .object(contact)
    return .object(body)
  }

  /// What an automation flow posts for a lead that never converted.
  static func flow(changing change: (inout JSON.Members) -> Void = { _ in }) -> JSON {
    legacy { lead in
      lead["last_conversion"] = .some(.null)
      lead["number_conversions"] = "0"
      lead["last_marked_opportunity_date"] = .some(.null)
      change(&lead)
    }
  }

  /// An object with that member, or with none for nil.
  static func object(_ key: String, _ value: JSON?) -> JSON {
    var members = JSON.Members()
    members[key] = value
    return .object(members)
  }

  static func event(
    _ body: JSON,
    in integration: String = "acme",
    trigger: HookTrigger? = nil
  ) throws -> LeadEvent {
    try RDWebhookBody.items(of: body, in: integration, trigger: trigger)[0].get().understood(
      in: nil
    )
  }
}

extension LeadEvent {
  /// Another event of the same lead.
  func elsewhere(under key: String, at time: Timestamp?) -> LeadEvent {
    LeadEvent(
      kind: kind,
      lead: lead,
      identifier: identifier,
      occurredAt: time,
      origin: origin,
      number: number,
      key: key,
      in: "acme"
    )
  }
}
