import Leads
import SettingsDocument
import TestKit
import Testing

@Suite struct MappingCheckTests {
  static func draft(crm: String, rd: String = "{ cf_segmento: text }", rows: String...) -> Draft {
    Draft(
      crm: ["fields: { \(crm) }"],
      rdFields: rd,
      rest: ["fields: [\(rows.joined(separator: ", "))]"]
    )
  }

  @Test(.behaviour("B148", "B154", "B161"))
  func `a field is mapped after it exists on both sides, and the refusal says what to add`() throws
  {
    let row = "{ crm: opportunity.porte, rd: cf_porte }"
    #expect(
      Self.draft(crm: "opportunity: { segmento: text }", rows: row).problems() == [
        "fields[0].rd: RD Station has no field “cf_porte”; a new one is created at RD Station first "
          + "and then told in rd_station.fields, such as cf_porte: text",
        "fields[0].crm: the CRM has no field opportunity.porte; there are “segmento”; a new one is "
          + "created in the CRM first and then told in crm.fields.opportunity, such as porte: text",
      ]
    )
    let both = Self.draft(crm: "opportunity: { porte: text }", rd: "{ cf_porte: text }", rows: row)
    #expect(
      try both.document().settings.fields == [
        FieldMapping(crm: "porte", rd: "cf_porte", fallback: nil)
      ]
    )
    #expect(try both.warnings() == [])
  }

  @Test func `a name that is nearly right is told the right one`() {
    #expect(
      Self.draft(
        crm: "contact: { cargo: text }",
        rows: "{ crm: contact.Cargos, rd: cf_segmnto }",
        "{ crm: contact.cargo, rd: jobtitle }"
      ).problems() == [
        "fields[0].rd: RD Station has no field “cf_segmnto”; did you mean “cf_segmento”?; a new one "
          + "is created at RD Station first and then told in rd_station.fields, such as cf_segmnto: "
          + "text",
        "fields[0].crm: the CRM has no field contact.Cargos; did you mean “cargo”?; a new one is "
          + "created in the CRM first and then told in crm.fields.contact, such as Cargos: text",
        "fields[1].rd: RD Station has no field “jobtitle”; did you mean “job_title”?; a new one is "
          + "created at RD Station first and then told in rd_station.fields, such as cf_segmento: text",
      ]
    )
  }

  @Test(.behaviour("B157"))
  func `fields of contacts, companies and opportunities are paired row by row`() throws {
    let draft = Self.draft(
      crm: "contact: { cargo: text }, company: { ramo: text }, opportunity: { ramo: text }",
      rows: "{ crm: contact.cargo, rd: job_title }",
      "{ crm: company.ramo, rd: cf_segmento }",
      "{ crm: ramo, rd: cf_segmento, default: Varejo }"
    )
    #expect(
      try draft.document().settings.fields == [
        FieldMapping(record: .contact, crm: "cargo", rd: "job_title", fallback: nil),
        FieldMapping(record: .company, crm: "ramo", rd: "cf_segmento", fallback: nil),
        FieldMapping(crm: "ramo", rd: "cf_segmento", fallback: "Varejo"),
      ]
    )
  }

  @Test(.behaviour("B156")) func `what is paired by itself takes no row and no field`() {
    #expect(
      Draft(
        crm: ["fields: { contact: { email: email } }"],
        rest: ["fields: [{ crm: contact.mobile_phone, rd: mobile_phone }]"]
      ).problems() == [
        "crm.fields.contact.email: every contact has it already; RD Station's email fills it",
        "fields[0].crm: contact.mobile_phone needs no row: RD Station's mobile_phone fills it by "
          + "itself",
      ]
    )
  }

  @Test(.behaviour("B149")) func `a required field of the CRM needs a row`() throws {
    let crm = "opportunity: { segmento: { type: text, required: true } }"
    #expect(
      Self.draft(crm: crm).problems() == [
        "crm.fields.opportunity.segmento: is required, and no row of fields fills it; add one, such "
          + "as { crm: opportunity.segmento, rd: …, default: … }"
      ]
    )
    #expect(Self.draft(crm: crm, rows: "{ crm: segmento, rd: cf_segmento }").problems() == [])
    #expect(
      Self.draft(crm: crm, rows: "{ crm: segmento, rd: cf_segmento, on_mismatch: blank }")
        .problems() == [
          "fields[0].on_mismatch: opportunity.segmento is required and cannot be left blank; use "
            + "refuse or hold"
        ]
    )
  }

  @Test(.behaviour("B151")) func `segments and campaigns need no row`() throws {
    let draft = Self.draft(
      crm: "opportunity: { segmento: { type: choice, options: [Varejo] }, campanha: text }"
    )
    #expect(try draft.warnings() == [])
    #expect(try draft.document().settings.fields == [])
  }

  @Test(.behaviour("B152"), arguments: ["mobile_phone", "personal_phone", "cf_fone"])
  func `segments that are fed from a phone are told`(_ rd: String) throws {
    let draft = Self.draft(
      crm: "opportunity: { Segmento: { type: choice, new_options: true } }",
      rd: "{ cf_fone: phone }",
      rows: "{ crm: Segmento, rd: \(rd) }"
    )
    #expect(
      try draft.warnings() == ["fields[0].rd: every phone number becomes a segment of its own"]
    )
  }

  @Test(
    .behaviour("B153"),
    arguments: [
      "Origem do lead", "origem_do_lead", "ORIGEM DO LEAD", "lead_source", "Lead Source",
      "Origen del lead", "Fonte do Lead",
    ]
  )
  func `the lead source cannot be mapped`(_ name: String) {
    let draft = Self.draft(
      crm: "opportunity: { \(name): text }",
      rows: "{ crm: opportunity.\(name), rd: cf_segmento }"
    )
    #expect(
      draft.problems() == ["fields[0].crm: the lead source (Origem do lead) cannot be mapped"]
    )
  }

  @Test(.behaviour("B153")) func `a field of one's own about an origin can be mapped`() {
    let draft = Self.draft(
      crm: "opportunity: { origem: text }",
      rows: "{ crm: origem, rd: cf_segmento }"
    )
    #expect(draft.problems() == [])
  }

  @Test(
    .behaviour("B089"),
    arguments: ["Asignado a", "assigned_user_id", "Responsável", "responsavel", "owner"]
  )
  func `the owner is fed from no field; only what the settings say counts`(_ name: String) throws {
    let draft = Self.draft(
      crm: "contact: { \(name): text }",
      rows: "{ crm: contact.\(name), rd: cf_segmento, default: ana@acme.example }"
    )
    #expect(
      draft.problems() == [
        "fields[0].crm: the owner is taken from no field of RD Station; say who it is in the "
          + "trigger's owner or in records.owners"
      ]
    )
    let owners = Draft(rest: ["records: { owners: { contact: { user: ana@acme.example } } }"])
    #expect(
      try owners.document().settings.records.owners == [.contact: .user("ana@acme.example")]
    )
  }

  @Test(.behaviour("B162")) func `fields of different types are told with what becomes of a value`()
    throws
  {
    let crm =
      "opportunity: { n: number, m: money, t: text, a: text_area, d: date, s: { type: yes_no } }"
    let draft = Self.draft(
      crm: crm,
      rd: "{ cf_n: number, cf_t: text }",
      rows: "{ crm: n, rd: cf_t }",
      "{ crm: m, rd: cf_n }",
      "{ crm: t, rd: cf_n }",
      "{ crm: a, rd: cf_t }",
      "{ crm: d, rd: cf_n, on_mismatch: hold }",
      "{ crm: s, rd: city }"
    )
    #expect(
      try draft.warnings() == [
        "fields[0].rd: RD Station's cf_t is a text, and opportunity.n is a number: a value that does "
          + "not fit leaves the field empty",
        "fields[4].rd: RD Station's cf_n is a number, and opportunity.d is a date: a value that does "
          + "not fit holds the lead",
        "fields[5].rd: RD Station's city is a text, and opportunity.s is a yes_no: a value that does "
          + "not fit leaves the field empty",
      ]
    )
  }

  @Test func `a default that the field does not take is refused`() {
    #expect(
      Self.draft(
        crm: "opportunity: { n: number, s: { type: choice, options: [Varejo, Energia] } }",
        rows: "{ crm: n, default: muitos }",
        "{ crm: s, default: varejo }"
      ).problems() == [
        "fields[0].default: “muitos” does not fit: opportunity.n is a number",
        "fields[1].default: “varejo” is no option of opportunity.s; did you mean “Varejo”?",
      ]
    )
  }

  @Test func `custom fields that the document does not tell are told once`() throws {
    var draft = Self.draft(
      crm: "opportunity: { a: text, b: text }",
      rows: "{ crm: a, rd: cf_a }",
      "{ crm: b, rd: cf_b }"
    )
    draft.rdFields = "~"
    #expect(
      try draft.warnings() == [
        "fields: types and options of cf_a, cf_b are not compared: rd_station.fields does not tell "
          + "them"
      ]
    )
  }
}
