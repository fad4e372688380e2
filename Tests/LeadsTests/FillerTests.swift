import StrictJSON
import TestKit
import Testing
import Workers

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
        lead["custom_fields"] = [
          "Segmento": .string(filler), "Linhas": [.string(filler), "tubos"],
        ]
        lead["last_conversion"] = ["source": "guia"]
      }
    ).lead
    for field in ["name", "company", "job_title", "city", "mobile_phone", "personal_phone"] {
      #expect(lead.state(of: field) == .notSent, "\(field)")
    }
    #expect(lead.state(of: "cf_segmento") == .notSent)
    #expect(lead.field("cf_linhas") == "tubos")
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
      try RDWebhookBody.items(of: Bodies.legacy { $0["company"] = text }, trigger: nil)[0].get()
        .understood(in: settings).lead.company
    }
    #expect(try company("a combinar") == nil)
    #expect(try company("autônomo") == "autônomo")
    #expect(try company("-") == "-")
    #expect(try company("sem empresa") == nil)
  }

  @Test func `an option that the settings name is an answer`() throws {
    let settings = Settings.sample {
      $0.rdFields = [RDField(name: "cf_erp", type: .choice, options: ["Nenhum", "Outro"])]
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
      $0["custom_fields"] = ["ERP": "Nenhum", "CRM": "Não tenho", "Frota": "Não tenho"]
    }
    let lead = try RDWebhookBody.items(of: body, trigger: nil)[0].get().understood(in: settings)
      .lead
    #expect(lead.field("cf_erp") == "Nenhum")
    #expect(lead.field("cf_crm") == "Não tenho")
    #expect(lead.field("cf_frota") == nil)
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
      let lead = try #require(event.leadID(in: "acme"))
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
    #expect(event.leadID(in: "acme") != nil)
  }
}
