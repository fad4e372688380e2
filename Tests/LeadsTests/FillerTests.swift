import StrictJSON
import TestKit
import Testing
import Belt

@testable import Leads

/// What stands in a field only because it must not be empty.
struct FillerTests {
  static let anywhere = [
    "\\N", "NULL", "null", "N/A", "n.a.", "x", "xxx", "-", "--", ".", "...", "não tenho",
    "Nao Tenho",
    "NÃO TENHO!", "sem empresa", "Sem  empresa.", "teste", "Teste", "(not set)", "undefined",
    "nenhum", "no aplica", "No tengo", "sin empresa", "not applicable", "None", "#N/D", "—",
    "N\u{61}\u{303}o possuo",
  ]

  @Test(arguments: anywhere)
  func `a filler is no value in any field, and clears none`(filler: String) throws {
    let lead = try Bodies.event(
      Bodies.legacy { lead in
        for key in ["name", "company", "job_title", "city", "mobile_phone", "personal_phone"] {
          lead[key] = .string(filler)
        }
        lead["last_conversion"] = ["source": "guia"]
      }
    ).lead
    for field in ["name", "company", "job_title", "city", "mobile_phone", "personal_phone"] {
      #expect(lead.state(of: field) == .notSent, "\(field)")
    }
  }

  @Test(
    arguments: [
      "\\N", "NULL", "n.a.", "xxx", "-", "(not set)", "#N/D", "Não informado", "não se aplica",
      "Selecione uma opção", "no aplica", "Sin información", "Seleccione", "not applicable",
      "Prefiro não informar", "select",
    ]
  )
  func `a question that was not answered has no value`(filler: String) throws {
    let lead = try answers(filler)
    #expect(lead.state(of: "cf_segmento") == .notSent)
    #expect(lead.field("cf_linhas") == "tubos")
  }

  @Test(
    arguments: [
      "Nenhum", "Não tenho", "Não sei", "Não", "Nada", "ninguno", "No tengo", "no sé", "Nothing",
      "Sem empresa", "Desconhecido",
    ]
  )
  func `in a custom field it is an answer`(text: String) throws {
    let lead = try answers(text)
    #expect(lead.field("cf_segmento") == text)
    #expect(lead.field("cf_linhas") == "\(text), tubos")
  }

  private func answers(_ text: String) throws -> LeadProfile {
    try Bodies.event(
      Bodies.legacy {
        $0["custom_fields"] = ["Segmento": .string(text), "Linhas": [.string(text), "tubos"]]
      }
    ).lead
  }

  @Test(
    arguments: [
      ("teste@teste.com", true), ("Teste@teste.com.br", true), ("naotem@naotem.com", true),
      ("x@x.com", true), ("xxx@xxx.com", true), ("nao@tem.com", true), ("não@tem.com", true),
      ("nao.tem@gmail.com", true), ("sem@email.com", true), ("notengo@hotmail.com", true),
      ("ana@exemplo.com.br", false), ("teste.silva@gmail.com", false), ("suporte@teste.com", false),
      ("teste@gmail.com", false), ("nadia@nadia.com", false), ("prado@prado.com", false),
    ]
  )
  func `an address that is plainly a filler is no key of a person`(text: String, isFiller: Bool)
    throws
  {
    #expect(try #require(EmailAddress(text)).isFiller == isFiller)
    let event = try Bodies.event(Bodies.legacy(email: .string(text)))
    let keys = LeadKeys(of: event.lead, settings: .sample())
    #expect(keys.person.contains { $0.kind == .email } != isFiller)
  }

  @Test(
    arguments: [
      ("company", "Teste & Cia"), ("company", "Autônomo Serviços Ltda"), ("company", "X Brasil"),
      ("company", "Nenhum Limite Aventuras"), ("company", "NA Engenharia"), ("company", "99"),
      ("name", "Nil"), ("name", "Teste Silva"), ("name", "Nada"), ("state", "NA"),
      ("job_title", "Autônomo"), ("job_title", "Estudante"), ("city", "Não-Me-Toque"),
      ("mobile_phone", "11 97000-1234"), ("personal_phone", "(11) 3000-0000"),
    ]
  )
  func `a real value with such a word in it stays`(field: String, value: String) throws {
    let lead = try Bodies.event(Bodies.legacy { $0[field] = .string(value) }).lead
    #expect(lead.field(field) == value)
  }

  @Test(
    arguments: [
      ("company", "autônomo"), ("company", "Pessoa física"), ("company", "Empresa"),
      ("company", "Independiente"), ("company", "0"), ("name", "Anônimo"), ("name", "Nome"),
      ("job_title", "Cargo"), ("mobile_phone", "0000-0000"), ("mobile_phone", "(99) 99999-9999"),
      ("mobile_phone", "+55 (11) 99999-9999"), ("personal_phone", "1234-5678"),
    ]
  )
  func `what fills one field may be a value of another`(field: String, value: String) throws {
    let body = Bodies.legacy { lead in
      lead[field] = .string(value)
      lead["last_conversion"] = ["source": "guia"]
    }
    #expect(try Bodies.event(body).lead.field(field) == nil)
  }

  @Test func `settings add fillers, and say what is a value all the same`() throws {
    let settings = Settings.sample {
      $0.reading.fillers = Fillers(added: ["A combinar"], kept: ["Autônomo", "-"])
    }
    func company(_ text: JSON) throws -> String? {
      try RDWebhookBody.items(of: Bodies.legacy { $0["company"] = text }, in: "acme", trigger: nil)[
        0
      ].get()
        .understood(in: settings).lead.company
    }
    #expect(try company("a combinar") == nil)
    #expect(try company("autônomo") == "autônomo")
    #expect(try company("-") == "-")
    #expect(try company("sem empresa") == nil)
  }

  @Test func `an option that the settings name is an answer`() throws {
    let settings = Settings.sample {
      $0.rdFields = [RDField(name: "cf_erp", type: .choice, options: ["N/A", "Outro"])]
      $0.fields = [
        FieldMapping(
          crm: "crm",
          rd: "cf_crm",
          fallback: nil,
          translations: ["Não tenho": "Sem CRM"]
        )
      ]
    }
    let body = Bodies.legacy {
      $0["custom_fields"] = [
        "ERP": "N/A", "CRM": "Não tenho", "Frota": "Não tenho", "Porte": "N/A",
      ]
    }
    let lead = try RDWebhookBody.items(of: body, in: "acme", trigger: nil)[0].get().understood(
      in: settings
    )
    .lead
    #expect(lead.field("cf_erp") == "N/A")
    #expect(lead.field("cf_crm") == "Não tenho")
    #expect(lead.field("cf_frota") == "Não tenho")
    #expect(lead.field("cf_porte") == nil)
  }

  @Test func `strangers whose company is a filler have no company and no number in common`() throws
  {
    let settings = Settings.sample { $0.centralizeBy = .company }
    var known = CentralKnowledge()
    var contacts: Set<String> = []
    for name in ["01-null-markers-1", "01-null-markers-2"] {
      let event = try Bodies.event(JSON(parsing: CaseBody.bytes(name)))
      #expect(event.lead.state(of: "cf_area_de_interesse") == .notSent)
      #expect(event.lead.company == nil && event.lead.city == nil && event.lead.jobTitle == nil)
      #expect(event.notes.contains { $0.contains("Fillers") && $0.contains("company") })
      let keys = LeadKeys(of: event.lead, settings: settings)
      #expect(keys.company.isEmpty && keys.companyName == nil)
      let lead = try #require(event.leadID)
      let decision = CentralDecision(for: keys, lead: lead, knowing: known, integration: "acme")
      known.learn(decision, of: keys)
      contacts.insert("\(decision.contact.id)")
      #expect(decision.company == nil)
    }
    #expect(contacts.count == 2)
  }

  @Test func `a default holds where a filler stands, and a required field is missing`() throws {
    let settings = Settings.sample {
      $0.fields = [
        FieldMapping(crm: "area", rd: "cf_area_de_interesse", fallback: "Geral"),
        FieldMapping(crm: "cidade", rd: "city", fallback: nil),
      ]
      $0.catalogue.fields = [
        .init(record: .opportunity, name: "cidade", type: .text, isRequired: true)
      ]
    }
    // As a version before stored it.
    var stored = LeadProfile()
    stored.city = "\\N"
    stored.customFields = [.init(key: "AREA DE INTERESSE", value: "\\N")]
    let plan = FieldPlan(of: stored, in: settings)
    #expect(plan.fields[0].result == .value(["Geral"]))
    #expect((plan.hold ?? plan.refusal)?.code == "required_field_empty")
  }

  @Test(arguments: ["\\N", "NULL", "undefined", "00000000-0000-0000-0000-000000000000", "-"])
  func `a mark for nothing names no lead`(mark: String) throws {
    let body = Bodies.legacy(uuid: mark)
    let event = try Bodies.event(body)
    #expect(event.lead.rdUUID == nil)
    #expect(event.leadID != nil)
  }
}
