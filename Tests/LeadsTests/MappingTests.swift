import Leads
import StrictJSON
import TestKit
import Testing
import Belt

struct MappingTests {
  private func map(
    _ value: JSON?,
    _ type: FieldType,
    options: [String] = [],
    required: Bool = false,
    newOptions: Bool = false,
    max: Int? = nil,
    created: Set<String> = [],
    crm: CRMKind = .embedded,
    _ change: (inout FieldMapping) -> Void = { _ in }
  ) -> MappedField {
    var lead = LeadProfile()
    if let value { lead.customFields = [.init(key: "cf_campo", value: value)] }
    var mapping = FieldMapping(crm: "campo", rd: "cf_campo", fallback: nil)
    change(&mapping)
    let settings = Settings.sample {
      $0.crm = crm
      $0.catalogue.fields = [
        .init(
          name: "campo",
          type: type,
          options: options,
          isRequired: required,
          takesNewOptions: newOptions,
          optionMax: max
        )
      ]
    }
    return MappedField(mapping, of: lead, in: settings, created: created)
  }

  private func code(_ field: MappedField) -> String? {
    switch field.result {
    case .refused(let reason): "refused \(reason.code)"
    case .held(let reason): "held \(reason.code)"
    case .value(let values): values.joined(separator: "|")
    case .newOptions(let new, _): "new \(new.joined(separator: "|"))"
    case .nothing: nil
    case .cleared: "cleared"
    case .blank: "blank"
    }
  }

  @Test(
    .behaviour("B162"),
    arguments: [
      (.text, " Varejo ", "Varejo"), (.number, "1234.5", "1234.5"), (.number, "1.234", "1234"),
      (.money, "R$ 1.234,56", "1234.56"), (.money, "$ 1.234.567", "1234567"),
      (.money, "1,234.56", nil), (.number, "doze", nil), (.number, "-0012,50", "-12.50"),
      (.date, "2026-02-28", "2026-02-28"), (.date, "28/02/2026", "2026-02-28"),
      (.date, "2026-02-30", nil), (.date, "2024-02-29T10:00:00Z", "2024-02-29"),
      (.yesNo, "Sim", "true"), (.yesNo, "não", "false"), (.yesNo, "talvez", nil),
      (.email, "Ana@acme.com.br", "Ana@acme.com.br"), (.email, "ana", nil),
      (.url, "https://acme.com.br", "https://acme.com.br"), (.url, "a b", nil),
    ] as [(FieldType, String, String?)]
  )
  func `a value is read as the field's type, and one that does not fit is left out with a warning`(
    type: FieldType,
    text: String,
    expected: String?
  ) {
    let field = map(.string(text), type)
    #expect(code(field) == expected ?? "blank")
    #expect((field.warning == nil) == (expected != nil))
  }

  @Test(
    .behaviour("B146", "B147", "B163"),
    arguments: [
      ("Serviço", "Serviço"), ("serviço", "refused field_value_refused"),
      ("Serviços", "refused field_value_refused"),
    ]
  )
  func `RD Station CRM refuses a lead with an option that is not exactly its own`(
    value: String,
    expected: String
  ) {
    let field = map(.string(value), .choice, options: ["Serviço", "Varejo"], crm: .rdStationCRM)
    #expect(code(field) == expected)
  }

  @Test func `a refusal names the field, the value and the options`() {
    let field = map(
      .string("Serviços B2B"),
      .choice,
      options: ["Serviço", "Varejo"],
      crm: .rdStationCRM
    )
    guard case .refused(let reason) = field.result else {
      return #expect(Bool(false), "not refused")
    }
    #expect(
      reason.sentence
        == "The field “campo” has no option “Serviços B2B”; its options are “Serviço”, “Varejo”."
    )
  }

  @Test(
    arguments: [
      (.rdStationCRM, nil, "refused field_value_refused"), (.datacrm, nil, "blank"),
      (.totvs, nil, "blank"), (.embedded, nil, "blank"), (.rdStationCRM, .blank, "blank"),
      (.datacrm, .hold, "held field_value_held"),
      (.embedded, .refuse, "refused field_value_refused"),
    ] as [(CRMKind, FieldPolicy?, String)]
  )
  func `the CRM's own policy decides unless the row has one`(
    crm: CRMKind,
    policy: FieldPolicy?,
    expected: String
  ) {
    let field = map(.string("x"), .choice, options: ["a"], crm: crm) { $0.onMismatch = policy }
    #expect(code(field) == expected)
  }

  @Test(
    .behaviour("B150"),
    arguments: [
      (.rdStationCRM, nil, "refused required_field_empty"),
      (.datacrm, nil, "refused required_field_empty"), (.totvs, nil, "held required_field_empty"),
      (.embedded, nil, "held required_field_empty"),
      (.embedded, "ruim", "held required_field_empty"),
      (.datacrm, "ruim", "refused required_field_empty"),
    ] as [(CRMKind, String?, String)]
  )
  func `a required field that stays empty makes no opportunity`(
    crm: CRMKind,
    value: String?,
    expected: String
  ) {
    let field = map(value.map(JSON.string), .choice, options: ["a"], required: true, crm: crm)
    #expect(code(field) == expected)
  }

  @Test(arguments: [nil, "", "  "] as [String?])
  func `a default fills a missing or blank value, also of a required field`(value: String?) {
    let field = map(value.map(JSON.string), .text, required: true) { $0.fallback = "Varejo" }
    #expect(code(field) == "Varejo")
  }

  @Test func `a translation makes RD's option the CRM's`() {
    let field = map(.string("Serviços B2B"), .choice, options: ["Serviço"]) {
      $0.translations = ["Serviços B2B": "Serviço"]
    }
    #expect(code(field) == "Serviço")
  }

  @Test func `a multiple choice takes every value, a single choice the last`() {
    let both: JSON = ["a", "b"]
    #expect(code(map(both, .multipleChoice, options: ["a", "b"])) == "a|b")
    #expect(code(map(both, .choice, options: ["a", "b"])) == "b")
  }

  @Test func `a list that takes new options gets them, up to its bound`() {
    let open = map(.string("c"), .choice, options: ["a"], newOptions: true, max: 3, created: ["b"])
    #expect(code(open) == "new c")
    #expect(open.warning == "The field “campo” gets the new option “c”")
    let known = map(.string("b"), .choice, options: ["a"], newOptions: true, max: 2, created: ["b"])
    #expect(code(known) == "b")
    let full = map(.string("c"), .choice, options: ["a"], newOptions: true, max: 2, created: ["b"])
    #expect(code(full) == "held option_limit_reached")
  }

  @Test(.behaviour("B140", "B141"), arguments: [FieldType.text, .textArea])
  func `RD's tags can fill a text of the CRM, which tells where a record comes from`(
    type: FieldType
  ) {
    var lead = LeadProfile()
    lead.tags = ["site", "feira"]
    let settings = Settings.sample {
      $0.catalogue.fields = [.init(name: "descricao", type: type)]
      $0.fields = [FieldMapping(crm: "descricao", rd: "tags", fallback: nil)]
    }
    #expect(
      FieldPlan(of: lead, in: settings).values(of: .opportunity)
        == [FieldValue(name: "descricao", value: "site, feira")]
    )
  }

  @Test func `a plan names every field that holds the lead`() {
    var lead = LeadProfile()
    lead.city = "Campinas"
    let settings = Settings.sample {
      $0.catalogue.fields = [
        .init(name: "a", type: .choice, options: ["x"]), .init(name: "b", type: .number),
      ]
      $0.fields = ["a", "b"].map {
        FieldMapping(crm: $0, rd: "city", fallback: nil, onMismatch: .hold)
      }
    }
    let hold = FieldPlan(of: lead, in: settings).hold
    #expect(hold?.sentence.contains("“a”") == true)
    #expect(hold?.sentence.contains("“b”") == true)
  }

  @Test(
    arguments: [
      (nil, false, nil), (nil, true, nil), (.null, false, nil), (.null, true, "cleared"),
      ("", true, "cleared"), ("x", true, "x"),
    ] as [(JSON?, Bool, String?)]
  )
  func `a field that RD emptied is emptied only where the row hands that on, one not sent never`(
    value: JSON?,
    clears: Bool,
    expected: String?
  ) {
    #expect(code(map(value, .text) { $0.clears = clears }) == expected)
  }

  @Test func `fields of a record that is not created are not looked at`() {
    let settings = Settings.sample {
      $0.records.create = [.contact, .opportunity]
      $0.catalogue.fields = [.init(record: .company, name: "porte", isRequired: true)]
      $0.fields = [FieldMapping(record: .company, crm: "porte", rd: "cf_porte", fallback: nil)]
    }
    #expect(FieldPlan(of: LeadProfile(), in: settings).fields.isEmpty)
  }

  @Test func `one bad field never loses the lead`() throws {
    let settings = Settings.sample {
      $0.catalogue.fields = [.init(name: "porte", type: .choice, options: ["Grande"])]
      $0.fields = [
        FieldMapping(crm: "porte", rd: "city", fallback: nil),
        FieldMapping(crm: "cidade", rd: "city", fallback: nil),
      ]
    }
    var rotations: [String: OwnerRotation] = [:]
    let decision = OpportunityDecision(
      for: .sample { $0.city = "Campinas" },
      settings: settings,
      rotations: &rotations
    )
    guard case .create(let draft, let choice) = decision else {
      throw Reason("none", "\(decision)")
    }
    #expect(draft.fields == [FieldValue(name: "cidade", value: "Campinas")])
    #expect(choice.notes.contains("The field “porte” has no option “Campinas”"))
  }

  @Test func `text is cut at 255 scalars with a warning`() {
    let field = map(.string(String(repeating: "ã", count: 256)), .text)
    #expect(code(field)?.unicodeScalars.count == 255)
    #expect(field.warning?.contains("255") == true)
  }
}
