import Leads
import TestKit
import Testing

@testable import SettingsDocument

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
    import: { conversions: [orcamento], ignored_email_domains: [x.com.br], job_titles: [Diretor], lead_scoring: [A, B], fit_letters: { A: 80, B: 60, C: 40 }, fillers: [a definir], values: [autônomo], crm_activity: true }
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
          leadScoring: ["A", "B"],
          crmActivity: true
        )
    )
    #expect(
      settings.reading
        == ReadingRules(
          fillers: Fillers(added: ["a definir"], kept: ["autônomo"]),
          fitLetters: FitLetters(a: 80, b: 60, c: 40)
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
        "2: rd_station: has no client_id, client_secret and refresh_token: RD Station is told by a login "
          + "that was stored before, and not at all where none was"
      ]
    )
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

  @Test
  func `letters from a number that RD Station publishes no table for are told as our reading`()
    throws
  {
    let text = Self.complete.replacing(", fit_letters: { A: 80, B: 60, C: 40 }", with: "")
    let document = try SettingsDocument(yaml: text, file: "acme.yaml")
    #expect(document.settings.reading.fitLetters == nil)
    #expect(document.warnings.map(\.path) == ["import.lead_scoring"])
    #expect(document.warnings.first?.sentence.contains("A from 75, B from 50, C from 25") == true)
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
