import Leads
import StrictJSON
import TestKit
import Testing

@testable import SettingsDocument

@Suite struct RecordCheckTests {
  @Test func `owners of contacts and companies are read as those of triggers`() throws {
    let owners = "{ contact: { team: sp }, company: { user: ana@acme.example } }"
    let draft = Draft(rest: [
      "records: { create: [contact, opportunity, company], owners: \(owners) }"
    ])
    #expect(
      try draft.document().settings.records
        == RecordRules(owners: [.contact: .team("sp"), .company: .user("ana@acme.example")])
    )
  }

  @Test func `a record that does not exist and an empty list are refused`() {
    #expect(
      Draft(rest: ["records: { create: [contact, deal] }"]).problems() == [
        "records.create[1]: there is no record “deal”; there are “contact”, “company” and "
          + "“opportunity”"
      ]
    )
    #expect(
      Draft(rest: ["records: { create: [] }"]).problems() == [
        "records.create: names no record; leave it out for all three"
      ]
    )
  }

  @Test func `the lead's owner gets contacts only where every trigger is a mark`() throws {
    var draft = Draft(rest: ["records: { owners: { contact: lead_owner } }"])
    #expect(try draft.document().settings.records.owners == [.contact: .leadOwner])
    draft.triggers.append(Draft.anyConversion)
    #expect(
      draft.problems() == [
        "records.owners.contact: lead_owner is offered only where every trigger is "
          + "{ opportunity_mark: true }"
      ]
    )
  }

  @Test(.behaviour("B091"))
  func `a group of which nobody is drawn is told with who gets everything`()
    throws
  {
    let trigger = "{ when: { opportunity_mark: true }, owner: { team: sp }, pipeline: Vendas, "
    var draft = Draft(triggers: [trigger + "stage: Novo }"])
    draft.rest = ["records: { create: [company, opportunity], owners: { company: everyone } }"]
    let sentence =
      "is drawn only while contacts are created; as records.create leaves them out, "
    #expect(
      try draft.warnings() == [
        "triggers[0].owner: \(sentence)bia@acme.example gets everything",
        "records.owners.company: \(sentence)ana@acme.example gets everything",
      ]
    )
    draft.rest = ["records: { create: [contact, company, opportunity] }"]
    #expect(try draft.warnings() == [])
  }

  @Test func `what records.create leaves out has no effect elsewhere, which is told`() throws {
    let draft = Draft(
      crm: ["fields: { contact: { cargo: text } }"],
      rest: [
        "records: { create: [company], owners: { contact: { user: ana@acme.example } } }",
        "fields: [{ crm: contact.cargo, rd: job_title }]",
      ]
    )
    #expect(
      try draft.warnings().filter { !$0.contains("is drawn") } == [
        "triggers: have no effect: records.create leaves out opportunity",
        "records.owners.contact: has no effect: records.create leaves out contact",
        "fields[0].crm: has no effect: records.create leaves out contact",
      ]
    )
  }

  @Test(.behaviour("B048"))
  func `a lead's name as company needs companies, and the danger is told`()
    throws
  {
    #expect(
      Draft(rest: ["lead_name_as_company: true"]).problems() == [
        "lead_name_as_company: is possible only with centralize_by: company"
      ]
    )
    #expect(
      try Draft(rest: ["centralize_by: company", "lead_name_as_company: true"]).warnings() == [
        "lead_name_as_company: leads of equal name without a company (two called João) fall into "
          + "one company"
      ]
    )
  }

  @Test(.behaviour("B050", "B051"))
  func `centralising is preset by contact, and its key says which suits whom`() throws {
    let plain = try Draft().document().settings
    #expect(plain.centralizeBy == .contact)
    #expect(
      SettingsChanges.between(nil, plain).map(\.description).contains("+ centralize_by: contact")
    )
    let changed = try Draft(rest: ["centralize_by: company"]).document().settings
    #expect(
      SettingsChanges.between(plain, changed).map(\.description) == [
        "centralize_by: contact → company"
      ]
    )
    let key = SettingsSchema.json["properties"]?["centralize_by"]
    #expect(key?["default"] == "contact")
    let text = try #require(key?["description"]?.string)
    #expect(
      text.contains("company keeps the leads of one company together: for selling to companies")
    )
    #expect(text.contains("contact keeps each person apart: for selling to individuals"))
  }

  @Test func `the field of the tax id is one of those that are told`() throws {
    var draft = Draft(rdFields: "{ cf_cnpj: text }", rest: ["tax_id_field: cf_cpnj"])
    #expect(
      draft.problems() == [
        "tax_id_field: rd_station.fields has no “cf_cpnj”; did you mean “cf_cnpj”?"
      ]
    )
    draft.rdFields = "~"
    #expect(try draft.document().settings.taxIDField == "cf_cpnj")
  }
}
