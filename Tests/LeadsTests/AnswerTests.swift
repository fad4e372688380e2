import Leads
import StrictJSON
import TestKit
import Testing

/// Answers that stand in the conversion and not in the profile.
struct AnswerTests {
  private func event(_ name: String) throws -> LeadEvent {
    try Bodies.event(JSON(parsing: CaseBody.bytes(name)))
  }

  private func event(content: JSON, custom: JSON = [:]) throws -> LeadEvent {
    try Bodies.event(
      Bodies.legacy { lead in
        lead["last_conversion"] = ["source": "guia", "content": content]
        lead["custom_fields"] = custom
        lead["company"] = .some(.null)
        lead["job_title"] = .some(.null)
      }
    )
  }

  @Test func `answers of the content and of the payload are read as fields of the lead`() throws {
    let event = try event("30-answers-in-payload")
    let expected = [
      "cf_segmento": "Agronegócio", "cf_quando": "Neste mês", "cf_unidade": "Curitiba",
      "Qual o volume?": "20 t", "cf_qual_o_volume": "20 t", "company": "Respostas Ltda",
      "job_title": "Compradora", "personal_phone": "41 98877-0001",
    ]
    for (field, value) in expected { #expect(event.lead.field(field) == value, "\(field)") }
    #expect(
      event.notes == [
        "Read from the conversion's content: cf_unidade, company, job_title, personal_phone.",
        "Read from the conversion's payload: cf_segmento, cf_quando, Qual o volume?.",
      ]
    )
  }

  @Test func `an answer keeps a mapped field from its default`() throws {
    let settings = Settings.sample {
      $0.fields = [
        FieldMapping(crm: "segmento", rd: "cf_segmento", fallback: "Geral"),
        FieldMapping(crm: "canal", rd: "cf_canal", fallback: "Site"),
      ]
    }
    let plan = FieldPlan(of: try event("30-answers-in-payload").lead, in: settings)
    #expect(plan.fields.map(\.result) == [.value(["Agronegócio"]), .value(["Site"])])
  }

  @Test func `the profile comes first, then the conversion, then its payload`() throws {
    let lead = try event(
      content: [
        "cf_a": "content", "cf_b": "content", "cf_c": "",
        "conversion_payload": #"{"cf_a":"payload","cf_b":"payload","cf_c":"payload"}"#,
      ],
      custom: ["A": "profile", "B": .null]
    ).lead
    #expect(lead.field("cf_a") == "profile")
    #expect(lead.field("cf_b") == "content")
    #expect(lead.field("B") == "content")
    #expect(lead.field("cf_c") == "payload")
  }

  @Test func `a payload may be an object, and lie inside the original event`() throws {
    let lead = try event(
      content: [
        "conversion_payload": ["cf_a": ["1", "2"]],
        "__cdp__original_event": [
          "payload": ["cf_b": true, "company_name": "Prado", "conversion_payload": #"{"cf_c":7}"#]
        ],
      ]
    ).lead
    #expect(lead.field("cf_a") == "1, 2")
    #expect(lead.field("cf_b") == "true")
    #expect(lead.field("cf_c") == "7")
    #expect(lead.company == "Prado")
  }

  @Test(
    arguments: [
      "{", "[]", "null", "7", "utm_source=x", "{\"cf_a\":{\"b\":1}}", "{\"cf_a\":[[1]]}",
      "{\"cf_a\":1,\"cf_a\":2}", String(repeating: "[", count: 100_000),
      "{\"cf_a\":\"" + String(repeating: "a", count: 70_000) + "\"}",
      "{\"\":\"x\",\"  \":\"y\",\"???\":\"z\"}",
    ]
  )
  func `a payload that is none loses nothing else`(payload: String) throws {
    let event = try event(content: ["Empresa": "Prado", "conversion_payload": .string(payload)])
    #expect(event.lead.company == "Prado")
    #expect(event.lead.customFields.isEmpty)
  }

  @Test func `what RD and the page say of the conversion is no answer`() throws {
    let event = try event(
      content: [
        "identificador": "guia", "conversion_url": "https://exemplo.com.br", "utm_source": "google",
        "user_agent": "Mozilla", "opportunity_value": 10, "funnel_stage": "Novo", "UF": .null,
        "conversion_payload": #"{"redirect_to":"https://chat.example","query_params":"a=b"}"#,
      ]
    )
    #expect(event.lead.customFields.isEmpty)
    #expect(event.notes.isEmpty)
  }

  @Test func `a form of a thousand questions is cut, and the lead enters`() throws {
    let content = JSON.Members(
      (0..<5_000).map { .init(key: "cf_campo_\($0)", value: "resposta") }
    )
    let lead = try event(content: .object(content)).lead
    #expect((1...300).contains(lead.customFields.count))
  }

  @Test(
    arguments: [
      ("telefone", "personal_phone"), ("Telefone", "personal_phone"),
      ("phone_lead", "personal_phone"),
      ("Celular", "mobile_phone"), ("WhatsApp", "mobile_phone"), ("Teléfono", "personal_phone"),
      ("Empresa", "company"), ("Nome da empresa", "company"), ("Razão Social", "company"),
      ("Cargo", "job_title"), ("Cidade", "city"), ("Ciudad", "city"), ("UF", "state"),
      ("Linkedin", "linkedin"), ("País", "country"), ("Site", "website"),
    ]
  )
  func `a form's label is the field that it means`(label: String, field: String) throws {
    let body = Bodies.legacy { lead in
      lead["last_conversion"] = [
        "source": "guia", "content": Bodies.object(label, "41 98877-0001"),
      ]
      for key in ["company", "job_title", "city", "state"] { lead[key] = .some(.null) }
    }
    #expect(try Bodies.event(body).lead.field(field) == "41 98877-0001")
  }

  @Test func `an address that only the form has names the lead`() throws {
    for content: JSON in [
      ["E-mail": "ana@exemplo.com.br"], ["conversion_payload": #"{"email":"ana@exemplo.com.br"}"#],
    ] {
      let body = Bodies.legacy { lead in
        lead["last_conversion"] = ["source": "guia", "content": content]
        for key in ["uuid", "id", "email"] { lead[key] = .some(.null) }
      }
      #expect(try Bodies.event(body).lead.email == "ana@exemplo.com.br")
    }
  }
}
