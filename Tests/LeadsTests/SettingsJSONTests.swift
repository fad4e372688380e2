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
      $0.triggers[0].onRepeat = .reuseOpen
      $0.triggers[1].owner = .contactOwner
      $0.records = RecordRules(
        create: [.contact, .opportunity],
        owners: [.contact: .team("inbound-sp"), .company: .user("ana@acme.com.br")]
      )
      $0.importRules.marksOnly = true
      $0.fields = [
        FieldMapping(crm: "a", rd: nil, fallback: "b"),
        FieldMapping(
          record: .contact,
          crm: "c",
          rd: "cf_c",
          fallback: nil,
          translations: ["x": "y", "v": "w"],
          onMismatch: .hold,
          clears: true
        ),
      ]
      $0.catalogue.fields = [
        .init(
          record: .company,
          name: "c",
          type: .multipleChoice,
          options: ["y"],
          isRequired: true,
          takesNewOptions: true,
          optionMax: 50
        )
      ]
      $0.catalogue.plan = .free
      $0.rdFields = [RDField(name: "cf_c", type: .choice, options: ["x"])]
      $0.rdUpdates.tags = ["crm"]
      $0.rdUpdates.saleConversionOnAnyClose = true
      $0.variables = ["totvs_crm_pipeline": "MQL"]
      $0.tagField = "etiquetas"
      $0.taxIDField = "cf_cnpj"
      $0.crmAccount = CRMAccount(address: "https://crm.example", version: "v2", user: "u")
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

  @Test func `what an earlier version stored is read with the values that it had then`() throws {
    let later: Set<String> = [
      "records", "rd_fields", "variables", "tag_field", "marks_only", "on_repeat", "record",
      "translate", "on_mismatch", "clear", "sale_conversion_on_any_close", "plan",
      "crm_account",
    ]
    func earlier(_ json: JSON) -> JSON {
      switch json {
      case .object(let members):
        .object(
          JSON.Members(
            members.list.filter { !later.contains($0.key) }
              .map { .init(key: $0.key, value: earlier($0.value)) }
          )
        )
      case .array(let items): .array(items.map(earlier))
      case let value: value
      }
    }
    let settings = Settings.sample {
      $0.fields = [FieldMapping(crm: "a", rd: "city", fallback: nil)]
    }
    #expect(try Settings(json: earlier(settings.json)) == settings)
  }
}
