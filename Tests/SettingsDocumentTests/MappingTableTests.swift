import Leads
import SettingsDocument
import TestKit
import Testing

@Suite struct MappingTableTests {
  static func rows(_ draft: Draft) throws -> [String] {
    MappingTable(try draft.document().settings).rows.map { row in
      [
        "\(row.record.rawValue).\(row.crm)", row.type.rawValue, row.isRequired ? "required" : "",
        row.pairing.rawValue, row.rd ?? "-", row.fallback ?? "-", row.policy?.rawValue ?? "-",
      ].joined(separator: " ")
    }
  }

  static let draft = Draft(
    crm: [
      "fields: { contact: { cargo: text }, company: { porte: number }, opportunity: { segmento: "
        + "{ type: choice, options: [Varejo], required: true }, campanha: text } }"
    ],
    rest: [
      "fields: [{ crm: segmento, rd: cf_segmento, default: Varejo, on_mismatch: hold }, "
        + "{ crm: contact.cargo, rd: job_title }]"
    ]
  )

  @Test(.behaviour("B155", "B156", "B158", "B164", "B167"))
  func `the table shows every field of contacts, companies and opportunities with its type`() throws
  {
    #expect(
      try Self.rows(Self.draft) == [
        "contact.name text  automatic name - -", "contact.email email  automatic email - -",
        "contact.personal_phone phone  automatic personal_phone - -",
        "contact.mobile_phone phone  automatic mobile_phone - -",
        "contact.cargo text  mapped job_title - -", "company.name text  automatic company - -",
        "company.porte number  unmapped - - -",
        "opportunity.segmento choice required mapped cf_segmento Varejo hold",
        "opportunity.campanha text  unmapped - - -",
      ]
    )
  }

  @Test(.behaviour("B159")) func `a further row pairs a field that was not paired`() throws {
    var draft = Self.draft
    draft.rest[0] = draft.rest[0].replacing("}]", with: "}, { crm: company.porte, rd: cf_porte }]")
    draft.rdFields = "{ cf_segmento: { type: choice, options: [Varejo] }, cf_porte: number }"
    #expect(try Self.rows(draft).contains("company.porte number  mapped cf_porte - blank"))
    #expect(try !Self.rows(draft).contains { $0.hasPrefix("company.porte number  unmapped") })
  }

  @Test func `the field of the tags is shown with them`() throws {
    let draft = TagCheckTests.draft("{ type: multiple_choice, new_options: true }")
    #expect(
      try Self.rows(draft).last
        == "opportunity.etiquetas multiple_choice  mapped tags - create_option"
    )
  }
}
