import Leads
import StrictJSON
import Testing

struct SettingsJSONTests {
  @Test func `the stored form gives back the same settings`() throws {
    let settings = Settings.sample {
      $0.triggers = [
        Trigger(
          when: .opportunityMark,
          owner: .leadOwner,
          pipeline: "P",
          stage: "S",
          qualificationFromScoring: true
        ),
        Trigger(when: .conversion("x"), owner: .team("inbound-sp"), pipeline: "P", stage: "S"),
        Trigger(when: .anyConversion, owner: .user("ana@acme.com.br"), pipeline: "P", stage: "S"),
      ]
      $0.fields = [FieldMapping(crm: "a", rd: nil, fallback: "b")]
      $0.taxIDField = "cf_cnpj"
      $0.tags = .toRD
    }
    #expect(try Settings(json: try JSON(parsing: settings.json.encoded)) == settings)
  }

  @Test func `a document that cannot be read names the member`() {
    var json = Settings.sample().json
    if case .object(var members) = json {
      members["triggers"] = [["when": "sometimes"]]
      json = .object(members)
    }
    #expect(throws: SettingsFault(member: "triggers.when")) { try Settings(json: json) }
  }
}
