import Leads
import SettingsDocument
import StrictJSON
import TestKit
import Testing

@testable import Operations
@testable import Operator

@Suite struct SettingsPlanTests {
  static let settings = Settings(
    integration: "acme",
    rdAccount: "acme",
    crm: .embedded,
    triggers: [
      Trigger(when: .conversion("orcamento"), owner: .everyone, pipeline: "Vendas", stage: "Novo")
    ],
    fields: [FieldMapping(record: .contact, crm: "cargo", rd: "job_title", fallback: nil)],
    catalogue: CRMCatalogue(
      pipelines: [.init(name: "Vendas", stages: ["Novo"])],
      fields: [.init(record: .contact, name: "cargo"), .init(name: "segmento", isRequired: true)]
    )
  )

  @Test func `a document that is in force already would change nothing`() {
    let plan = SettingsPlan(
      Self.settings,
      inForce: .init(version: 3, settings: Self.settings, source: "")
    )
    #expect(SettingsText.text(of: plan) == "acme: nothing would change, version 3 stays")
    #expect(
      plan.json == [
        "integration": "acme", "version_in_force": 3, "would_change": false, "comparable": true,
        "changes": [], "names_not_checked": nil,
      ]
    )
  }

  @Test func `a change is told by its names, under the version that it would make`() {
    var changed = Self.settings
    changed.triggers[0].owner = .administrators
    let plan = SettingsPlan(
      changed,
      inForce: .init(version: 3, settings: Self.settings, source: "")
    )
    #expect(
      SettingsText.text(of: plan) == """
        acme: version 4 would be in force
          trigger 1 (conversion “orcamento”): owner everyone → administrators
        """
    )
    #expect(plan.json["would_change"] == true)
  }

  @Test(.behaviour("B051")) func `a new integration shows what is preset, too`() {
    let lines = SettingsText.text(of: SettingsPlan(Self.settings, inForce: nil)).split(
      separator: "\n"
    )
    #expect(lines.first == "acme: would be created")
    #expect(lines.contains("  + centralize_by: contact"))
  }

  @Test func `a version that cannot be read is not compared`() {
    let plan = SettingsPlan(Self.settings, inForce: .init(version: 3, settings: nil, source: ""))
    #expect(
      SettingsText.text(of: plan)
        == "acme: version 4 would be in force; version 3 cannot be read by this program and compared"
    )
    #expect(plan.json["changes"] == [])
  }

  @Test(.behaviour("B164", "B167")) func `the mapping is a table of fields with their types`() {
    #expect(
      MappingText.text(of: MappingTable(Self.settings)) == """
        record       CRM field       type   required  RD field                    default  misfit
        contact      name            text             name (automatic)
        contact      email           email            email (automatic)
        contact      personal_phone  phone            personal_phone (automatic)
        contact      mobile_phone    phone            mobile_phone (automatic)
        contact      cargo           text             job_title
        company      name            text             company (automatic)
        opportunity  segmento        text   yes       not mapped
        """
    )
  }
}
