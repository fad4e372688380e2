import Leads
import SettingsDocument
import TestKit
import Testing

@Suite struct SettingsDocumentTests {
  /// A document with every section; the tests of single faults change one line of it.
  static let complete = """
    integration: acme
    rd_station: { account: acme-br, plan: pro, client_id: env:ID, client_secret: "file:/run/secret", refresh_token: env:TOKEN, fields: { cf_segmento: { type: choice, options: [Varejo, Serviços B2B] }, cf_cnpj: text } }
    crm:
      kind: embedded
      users: [{ email: ana@acme.example, administrator: true }, bruno@acme.example]
      teams: { inbound-sp: [bruno@acme.example] }
      pipelines: { Vendas: [Novo, Proposta], MQL: [Abordagem e Investigação] }
      default_user: ana@acme.example
      fields: { contact: { cargo: text }, opportunity: { segmento: { type: choice, options: [Varejo, Serviço], required: true }, canal: text, etiquetas: { type: multiple_choice, new_options: true } } }
    records: { create: [contact, company, opportunity], owners: { contact: { team: inbound-sp }, company: contact_owner } }
    import: { conversions: [orcamento], ignored_email_domains: [x.com.br], job_titles: [Diretor], lead_scoring: [A, B] }
    triggers:
      - { when: { opportunity_mark: true }, owner: lead_owner, pipeline: MQL, stage: Abordagem e Investigação, qualification_from_scoring: true }
      - { when: { conversion: orcamento }, owner: { team: inbound-sp }, pipeline: Vendas, stage: Novo, on_repeat: reuse_open }
      - { when: { any_conversion: true }, owner: { user: bruno@acme.example }, pipeline: Vendas, stage: Proposta }
    centralize_by: company
    lead_name_as_company: false
    tax_id_field: cf_cnpj
    one_open_deal_per_lead: true
    fields: [{ crm: opportunity.segmento, rd: cf_segmento, default: Varejo, translate: { "Serviços B2B": Serviço }, on_mismatch: hold, clear: true }, { crm: canal, default: RD }, { crm: contact.cargo, rd: job_title }]
    tags: { crm: opportunity.etiquetas, direction: both }
    rd_updates: { opportunity_mark: true, standard_conversions: false, outcomes: true, lifecycle_stage: false, sale_conversion_on_any_close: true, tags: [enviado] }
    loss_reason_field: Motivo de perda no CRM
    """

  @Test(.behaviour("B037", "B039", "B158"))
  func `a complete document becomes settings in its own order`() throws {
    let document = try SettingsDocument(yaml: Self.complete, file: "acme.yaml")
    let settings = document.settings
    #expect(document.warnings.isEmpty)
    #expect(document.plan == "pro")
    #expect(
      document.credentials
        == CredentialReferences(
          clientID: .variable("ID"),
          clientSecret: .file("/run/secret"),
          refreshToken: .variable("TOKEN")
        )
    )
    #expect(settings.integration == "acme")
    #expect(settings.rdAccount == "acme-br")
    #expect(settings.crm == .embedded)
    #expect(
      settings.importRules
        == ImportRules(
          conversions: ["orcamento"],
          ignoredEmailDomains: ["x.com.br"],
          jobTitles: ["Diretor"],
          leadScoring: ["A", "B"]
        )
    )
    #expect(
      settings.triggers == [
        Trigger(
          when: .opportunityMark,
          owner: .leadOwner,
          pipeline: "MQL",
          stage: "Abordagem e Investigação",
          qualificationFromScoring: true
        ),
        Trigger(
          when: .conversion("orcamento"),
          owner: .team("inbound-sp"),
          pipeline: "Vendas",
          stage: "Novo",
          onRepeat: .reuseOpen
        ),
        Trigger(
          when: .anyConversion,
          owner: .user("bruno@acme.example"),
          pipeline: "Vendas",
          stage: "Proposta"
        ),
      ]
    )
    #expect(settings.centralizeBy == .company)
    #expect(settings.taxIDField == "cf_cnpj")
    #expect(settings.oneOpenDealPerLead)
    #expect(
      settings.fields == [
        FieldMapping(
          crm: "segmento",
          rd: "cf_segmento",
          fallback: "Varejo",
          translations: ["Serviços B2B": "Serviço"],
          onMismatch: .hold,
          clears: true
        ),
        FieldMapping(crm: "canal", rd: nil, fallback: "RD"),
        FieldMapping(record: .contact, crm: "cargo", rd: "job_title", fallback: nil),
      ]
    )
    #expect(settings.tags == .both)
    #expect(settings.tagField == "etiquetas")
    #expect(
      settings.rdUpdates
        == RDUpdates(
          standardConversions: false,
          lifecycleStage: false,
          saleConversionOnAnyClose: true,
          tags: ["enviado"]
        )
    )
    #expect(
      settings.records
        == RecordRules(owners: [.contact: .team("inbound-sp"), .company: .contactOwner])
    )
    #expect(
      settings.catalogue.fields == [
        CRMCatalogue.Field(record: .contact, name: "cargo"),
        CRMCatalogue.Field(
          name: "segmento",
          type: .choice,
          options: ["Varejo", "Serviço"],
          isRequired: true
        ),
        CRMCatalogue.Field(name: "canal"),
        CRMCatalogue.Field(name: "etiquetas", type: .multipleChoice, takesNewOptions: true),
      ]
    )
    #expect(
      settings.rdFields == [
        RDField(name: "cf_segmento", type: .choice, options: ["Varejo", "Serviços B2B"]),
        RDField(name: "cf_cnpj", type: .text),
      ]
    )
    #expect(settings.lossReasonField == "Motivo de perda no CRM")
    #expect(settings.catalogue.users.map(\.isAdministrator) == [true, false])
    #expect(settings.catalogue.pipelines.map(\.name) == ["Vendas", "MQL"])
  }

  @Test(.behaviour("B013")) func `what is left out is off, and RD Station is told everything`()
    throws
  {
    let document = try SettingsDocument(
      yaml: """
        integration: acme
        rd_station: { account: acme }
        crm: { kind: embedded, users: [ana@acme.example], pipelines: { Vendas: [Novo] } }
        triggers: [{ when: { any_conversion: true }, owner: everyone, pipeline: Vendas, stage: Novo }]
        """,
      file: "acme.yaml"
    )
    #expect(document.settings.importRules == ImportRules())
    #expect(document.settings.tags == .off)
    #expect(document.settings.centralizeBy == .contact)
    #expect(document.settings.rdUpdates == RDUpdates())
    #expect(document.credentials == nil)
    #expect(
      document.warnings.map(\.description) == [
        "2: rd_station: has no client_id, client_secret and refresh_token: those stored before stay"
      ]
    )
  }

  struct Fault: Sendable, CustomTestStringConvertible {
    let change: String
    let replacement: String
    let messages: [String]
    var testDescription: String { messages.first ?? "" }

    init(_ change: String, _ replacement: String, _ messages: String...) {
      self.change = change
      self.replacement = replacement
      self.messages = messages
    }
  }

  static let faults: [Fault] = [
    Fault(
      "stage: Novo, on",
      "stage: Nuevo, on",
      "acme.yaml:14: triggers[1].stage: there is no stage “Nuevo” in pipeline “Vendas”; did you mean “Novo”?"
    ),
    Fault(
      "stage: Novo, on",
      "stage: Ganho total, on",
      "acme.yaml:14: triggers[1].stage: there is no stage “Ganho total” in pipeline “Vendas”; it has “Novo” and “Proposta”"
    ),
    Fault(
      "pipeline: MQL, stage",
      "pipeline: MLQ, stage",
      "acme.yaml:13: triggers[0].pipeline: there is no pipeline “MLQ”; there are “Vendas” and “MQL”"
    ),
    Fault(
      "owner: { team: inbound-sp }",
      "owner: { team: inbound-rj }",
      "acme.yaml:14: triggers[1].owner.team: there is no team “inbound-rj”; did you mean “inbound-sp”?"
    ),
    Fault(
      "{ user: bruno@acme.example }",
      "{ user: bruna@acme.example }",
      "acme.yaml:15: triggers[2].owner.user: there is no user “bruna@acme.example”; did you mean “bruno@acme.example” or “ana@acme.example”?"
    ),
    Fault(
      "{ user: bruno@acme.example }",
      "administratores",
      "acme.yaml:15: triggers[2].owner: there is no owner “administratores”; did you mean “administrators”?, or { user: … } or { team: … }"
    ),
    Fault(
      "{ team: inbound-sp }, pipeline",
      "lead_owner, pipeline",
      "acme.yaml:14: triggers[1].owner: lead_owner is offered only with when: { opportunity_mark: true }; use everyone, administrators, { user: … } or { team: … }"
    ),
    Fault(
      "stage: Novo, on",
      "stage: Novo, qualification_from_scoring: true, on",
      "acme.yaml:14: triggers[1].qualification_from_scoring: is possible only with when: { opportunity_mark: true }"
    ),
    Fault(
      "when: { conversion: orcamento }",
      "when: { conversion: orcamento, any_conversion: true }",
      "acme.yaml:14: triggers[1].when: must be exactly one of opportunity_mark: true, conversion: IDENTIFIER or any_conversion: true"
    ),
    Fault(
      "when: { conversion: orcamento }, owner",
      "owner",
      "acme.yaml:14: triggers[1].when: is missing; it is one of opportunity_mark: true, conversion: IDENTIFIER or any_conversion: true"
    ),
    Fault(
      "centralize_by: company",
      "centralise_by: company",
      "acme.yaml:16: unknown key “centralise_by”; did you mean “centralize_by”?"
    ),
    Fault(
      "centralize_by: company",
      "centralize_by: empresa",
      "acme.yaml:16: centralize_by: “empresa” is none of its values; they are “contact” and “company”"
    ),
    Fault(
      "lead_scoring: [A, B]",
      "lead_scoring: [A, b, E]",
      "acme.yaml:11: import.lead_scoring[1]: there is no score “b”; did you mean “B”?",
      "acme.yaml:11: import.lead_scoring[2]: there is no score “E”; did you mean “A”, “B” or “C”?"
    ),
    Fault(
      "[x.com.br]",
      "[fulano@x.com.br]",
      "acme.yaml:11: import.ignored_email_domains[0]: “fulano@x.com.br” is no e-mail domain, such as example.com"
    ),
    Fault(
      "[Diretor]",
      "[Diretor, Diretor]",
      "acme.yaml:11: import.job_titles[1]: “Diretor” stands twice in the list"
    ),
    Fault(
      "one_open_deal_per_lead: true",
      "one_open_deal_per_lead: sometimes",
      "acme.yaml:19: one_open_deal_per_lead: must be true or false"
    ),
    Fault(
      "integration: acme\n",
      "integration: Acme Ltda\n",
      "acme.yaml:1: integration: “Acme Ltda” must be 1 to 40 lower-case letters, digits and hyphens"
    ),
    Fault("integration: acme\n", "", "acme.yaml:1: integration: is missing"),
    Fault(
      "client_id: env:ID",
      "client_id: 4711-secret",
      "acme.yaml:2: rd_station.client_id: must say where the value is, env:NAME or file:PATH, and not hold it itself"
    ),
    Fault(
      "refresh_token: env:TOKEN",
      "plan2: x",
      "acme.yaml:2: rd_station: unknown key “plan2”; did you mean “plan”?",
      "acme.yaml:2: rd_station.refresh_token: is missing"
    ),
    Fault(
      "kind: embedded",
      "kind: totvs",
      "acme.yaml:4: crm.kind: the CRM “totvs” comes with a later version; this one has embedded"
    ),
    Fault(
      "kind: embedded",
      "kind: salesforce",
      "acme.yaml:4: crm.kind: there is no CRM “salesforce”; there are embedded, rd_station_crm, totvs, datacrm"
    ),
    Fault(
      "default_user: ana@acme.example",
      "default_user: anna@acme.example",
      "acme.yaml:8: crm.default_user: there is no user “anna@acme.example”; did you mean “ana@acme.example” or “bruno@acme.example”?"
    ),
    Fault(
      "bruno@acme.example]\n  teams",
      "bruno@acme.example, bruno@acme.example]\n  teams",
      "acme.yaml:5: crm.users[2]: the user “bruno@acme.example” stands twice"
    ),
    Fault(
      "{ crm: canal, default: RD }",
      "{ crm: canal }",
      "acme.yaml:20: fields[1]: needs rd (a field of RD Station), default (a fixed value), or both"
    ),
    Fault(
      "{ crm: canal, default: RD }",
      "{ crm: segmento, default: RD }",
      "acme.yaml:20: fields[1].crm: opportunity.segmento is filled by an earlier row"
    ),
    Fault(
      "direction: both",
      "direction: to_crn",
      "acme.yaml:21: tags.direction: “to_crn” is none of its values; did you mean “to_crm” or “to_rd”?"
    ),
    Fault(
      "triggers:\n",
      "triggers: {}\nother:\n",
      "acme.yaml:12: triggers: must be a list, such as [one, two]",
      "acme.yaml:13: unknown key “other”; there are “integration”, “rd_station”, “crm”, “import”, “records”, “triggers”, “centralize_by”, “lead_name_as_company” and 6 more"
    ),
    Fault(
      "centralize_by: company",
      "integration: twice",
      "acme.yaml:1: the key “integration” stands twice"
    ),
    Fault(
      "centralize_by: company",
      "centralize_by: [",
      "acme.yaml:18: this is no YAML: did not find expected ',' or ']'"
    ),
  ]

  @Test(.behaviour("B040", "B041", "B064", "B217", "B223"), arguments: faults)
  func `every fault is named with its line, its field and what would be right`(_ fault: Fault)
    throws
  {
    let text = Self.complete.replacing(fault.change, with: fault.replacement, maxReplacements: 1)
    try #require(text != Self.complete)
    let error = #expect(throws: SettingsDocumentError.self) {
      try SettingsDocument(yaml: text, file: "acme.yaml")
    }
    #expect(error?.description == fault.messages.joined(separator: "\n"))
  }

  @Test func `all faults of a document are told together, by line`() throws {
    let text = Self.complete
      .replacing("stage: Novo, on", with: "stage: Nuevo, on")
      .replacing("integration: acme", with: "integration: ACME")
      .replacing("tax_id_field", with: "taxid_field")
    let error = #expect(throws: SettingsDocumentError.self) {
      try SettingsDocument(yaml: text, file: "acme.yaml")
    }
    #expect(error?.problems.map(\.line) == [1, 14, 18])
  }

  @Test func `a secret in the document is refused and not repeated`() throws {
    let text = Self.complete.replacing("env:TOKEN", with: "s3cr3t-value")
    let error = #expect(throws: SettingsDocumentError.self) {
      try SettingsDocument(yaml: text, file: "acme.yaml")
    }
    #expect(error?.description.contains("s3cr3t") == false)
  }

  @Test(.behaviour("B048")) func `what is allowed and probably not meant is a warning`() throws {
    let text = Self.complete
      .replacing(
        "centralize_by: company\nlead_name_as_company: false",
        with: "centralize_by: company\nlead_name_as_company: true"
      )
      .replacing(
        "  - { when: { conversion: orcamento }",
        with: "  - { when: { any_conversion: true }"
      )
    let document = try SettingsDocument(yaml: text, file: "acme.yaml")
    #expect(
      document.warnings.map(\.description) == [
        "15: triggers[2]: can never match: triggers[1] (any conversion) decides before it",
        "17: lead_name_as_company: leads of equal name without a company (two called João) fall into one company",
      ]
    )
  }

  @Test func `a conversion that an earlier trigger takes is shadowed whatever its case`() throws {
    let text = Self.complete.replacing(
      "when: { any_conversion: true }",
      with: "when: { conversion: ' Orcamento' }"
    )
    let document = try SettingsDocument(yaml: text, file: "acme.yaml")
    #expect(document.warnings.map(\.path) == ["triggers[2]"])
  }

  @Test(arguments: ["", "# only a comment\n", "~"]) func `an empty document says so`(_ text: String)
  {
    let error = #expect(throws: SettingsDocumentError.self) {
      try SettingsDocument(yaml: text, file: "acme.yaml")
    }
    #expect(error?.problems.first?.sentence == "the document is empty")
  }
}
