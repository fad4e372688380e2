import Leads
import SettingsDocument
import TestKit
import Testing

@Suite struct OptionCheckTests {
  static func draft(_ row: String, options: String = "[Varejo, Serviço]", more: String = "")
    -> Draft
  {
    Draft(
      crm: ["fields: { opportunity: { segmento: { type: choice, options: \(options)\(more) } } }"],
      rdFields: "{ cf_segmento: { type: choice, options: [Varejo, serviço, Serviços B2B] } }",
      rest: ["fields: [{ crm: segmento, rd: cf_segmento\(row) }]"]
    )
  }

  @Test(.behaviour("B146", "B163"))
  func `options that differ in a letter, a capital or a plural are named one by one`() throws {
    #expect(
      try Self.draft("").warnings() == [
        "fields[0].rd: RD Station's option “serviço” is none of opportunity.segmento (did you mean "
          + "“Serviço”? then translate: { serviço: Serviço }): such a value leaves the field empty",
        "fields[0].rd: RD Station's option “Serviços B2B” is none of opportunity.segmento: such a "
          + "value leaves the field empty",
      ]
    )
    #expect(
      try Self.draft("", options: "[Varejo, serviço, Serviços B2B]").warnings() == []
    )
  }

  @Test(arguments: [
    ("rd_station_crm", "keeps the lead out of the CRM"), ("datacrm", "leaves the field empty"),
    ("totvs", "leaves the field empty"),
  ])
  func `what becomes of such a value follows the CRM until the row says it`(
    _ kind: String,
    _ consequence: String
  ) throws {
    var draft = Self.draft(", translate: { serviço: Serviço }")
    draft.crm = ["default_user: ana@acme.example"]
    draft.kind = kind
    draft.crmFields = [.init(name: "segmento", type: .choice, options: ["Varejo", "Serviço"])]
    #expect(try draft.warnings().map { $0.hasSuffix("such a value \(consequence)") } == [true])
    draft.rest[0] = draft.rest[0].replacing("}]", with: ", on_mismatch: hold }]")
    #expect(try draft.warnings().map { $0.hasSuffix("such a value holds the lead") } == [true])
  }

  @Test func `what is translated needs no equal option`() throws {
    let draft = Self.draft(", translate: { serviço: Serviço, Serviços B2B: Serviço }")
    #expect(try draft.warnings() == [])
    #expect(
      try draft.document().settings.fields[0].translations
        == ["serviço": "Serviço", "Serviços B2B": "Serviço"]
    )
  }

  @Test func `a translation to an option that is not there is refused`() {
    #expect(
      Self.draft(", translate: { serviço: Servico, Serviços B2B: Serviço }").problems() == [
        "fields[0].translate.serviço: opportunity.segmento has no option “Servico”; did you mean "
          + "“Serviço”?"
      ]
    )
  }

  @Test func `a translation from an option that is not there is told`() throws {
    let draft = Self.draft(
      ", translate: { serviços: Serviço, serviço: Serviço, Serviços B2B: Serviço }"
    )
    #expect(
      try draft.warnings() == [
        "fields[0].translate.serviços: RD Station's cf_segmento has no option “serviços”; did you "
          + "mean “serviço” or “Serviços B2B”?"
      ]
    )
  }

  @Test func `new options are made only where the field takes them`() throws {
    #expect(
      Self.draft(", on_mismatch: create_option").problems() == [
        "fields[0].on_mismatch: opportunity.segmento takes no new options; crm.fields says "
          + "new_options: false"
      ]
    )
    let taking = Self.draft(", on_mismatch: create_option", more: ", new_options: true")
    #expect(try taking.warnings() == [])
  }

  @Test(.behaviour("B200")) func `a free account has at most fifty segments`() throws {
    func max(_ plan: String, _ name: String) throws -> Int? {
      let draft = Draft(
        kind: "rd_station_crm",
        crm: ["plan: \(plan)"],
        crmFields: [.init(name: name, type: .multipleChoice, takesNewOptions: true)]
      )
      return try draft.document().settings.catalogue.fields[0].optionMax
    }
    #expect(try max("free", "Segmentos") == 50)
    #expect(try max("basic", "Segmentos") == nil)
    #expect(try max("free", "porte") == nil)
  }

  @Test(arguments: [
    ("option_max: 0", "must be a whole number from 1"),
    ("option_max: many", "must be a whole number from 1"),
  ])
  func `a number of options is a whole number`(_ line: String, _ sentence: String) {
    #expect(
      Self.draft("", more: ", \(line)").problems() == [
        "crm.fields.opportunity.segmento.option_max: \(sentence)"
      ]
    )
  }
}
