import Leads
import SettingsDocument
import StrictJSON
import TestKit
import Testing

@Suite struct TagCheckTests {
  static func draft(_ field: String) -> Draft {
    Draft(
      crm: ["fields: { opportunity: { etiquetas: \(field) } }"],
      rest: ["tags: { crm: opportunity.etiquetas, direction: both }"]
    )
  }

  @Test(.behaviour("B136", "B137"))
  func `tags are kept by a multiple choice that takes new options, and by no other field`() throws {
    let right = Self.draft("{ type: multiple_choice, new_options: true }")
    #expect(try right.document().settings.tagField == "etiquetas")
    #expect(try right.document().settings.tags == .both)
    #expect(
      Self.draft("{ type: multiple_choice, options: [vip] }").problems() == [
        "tags.crm: tags need a field with new_options: true, and opportunity.etiquetas takes none"
      ]
    )
    for type in ["text", "choice"] {
      #expect(
        Self.draft(type).problems() == [
          "tags.crm: tags need a field of type multiple_choice, and opportunity.etiquetas is a \(type)"
        ]
      )
    }
  }

  @Test(.behaviour("B137")) func `a row from RD Station's tags into a list asks for the same`() {
    func problems(_ field: String) -> [String] {
      Draft(
        crm: ["fields: { opportunity: { etiquetas: \(field) } }"],
        rest: ["fields: [{ crm: etiquetas, rd: tags }]"]
      ).problems()
    }
    #expect(problems("{ type: multiple_choice, new_options: true }") == [])
    #expect(
      problems("{ type: multiple_choice, options: [vip] }") == [
        "fields[0].crm: tags need a field with new_options: true, and opportunity.etiquetas takes none"
      ]
    )
  }

  @Test func `only an opportunity's field keeps tags, and no row fills it besides`() {
    #expect(
      Draft(rest: ["tags: { crm: contact.tags, direction: both }"]).problems() == [
        "tags.crm: tags are kept by an opportunity's field, such as opportunity.etiquetas"
      ]
    )
    var draft = Self.draft("{ type: multiple_choice, new_options: true }")
    draft.rest.append("fields: [{ crm: etiquetas, rd: cf_segmento }]")
    #expect(
      draft.problems() == ["tags.crm: opportunity.etiquetas is filled by a row of fields already"]
    )
  }

  @Test(.behaviour("B140", "B141"), arguments: ["text", "text_area"])
  func `where leads come from travels from a field of RD Station into a description`(_ type: String)
    throws
  {
    let draft = Draft(
      kind: "datacrm",
      rdFields: "{ cf_etiqueta_de_origem: { type: multiple_choice, options: [Feria, Web] } }",
      rest: ["fields: [{ crm: opportunity.descripcion, rd: cf_etiqueta_de_origem }]"],
      crmFields: [.init(name: "descripcion", type: try #require(FieldType(rawValue: type)))]
    )
    #expect(try draft.warnings() == [])
    var lead = LeadProfile()
    lead.customFields = [.init(key: "cf_etiqueta_de_origem", value: ["Feria", "Web"])]
    #expect(
      FieldPlan(of: lead, in: try draft.document().settings).values(of: .opportunity) == [
        FieldValue(name: "descripcion", values: ["Feria, Web"])
      ]
    )
  }
}
