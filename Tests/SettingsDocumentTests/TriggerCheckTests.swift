import Leads
import SettingsDocument
import TestKit
import Testing

@Suite struct TriggerCheckTests {
  static func trigger(_ when: String, owner: String) -> String {
    "{ when: { \(when) }, owner: \(owner), pipeline: Vendas, stage: Novo }"
  }

  @Test(
    .behaviour("B039", "B040", "B041"),
    arguments: ["opportunity_mark: true", "conversion: orcamento", "any_conversion: true"],
    ["everyone", "administrators", "{ user: bia@acme.example }", "{ team: sp }"]
  )
  func `everyone, administrators, users and teams are offered to every trigger`(
    _ when: String,
    _ owner: String
  ) throws {
    let settings = try Draft(triggers: [Self.trigger(when, owner: owner)]).document().settings
    let owners: [String: Trigger.Owner] = [
      "everyone": .everyone, "administrators": .administrators,
      "{ user: bia@acme.example }": .user("bia@acme.example"), "{ team: sp }": .team("sp"),
    ]
    #expect(settings.triggers.map(\.owner) == [owners[owner]])
  }

  @Test(.behaviour("B039", "B040", "B041"))
  func `the owner of the lead is offered to opportunity marks only`() throws {
    let marked = Draft(triggers: [Self.trigger("opportunity_mark: true", owner: "lead_owner")])
    #expect(try marked.document().settings.triggers.map(\.owner) == [.leadOwner])
    for when in ["conversion: orcamento", "any_conversion: true"] {
      #expect(
        Draft(triggers: [Self.trigger(when, owner: "lead_owner")]).problems() == [
          "triggers[0].owner: lead_owner is offered only with when: { opportunity_mark: true }; use "
            + "everyone, administrators, { user: … } or { team: … }"
        ]
      )
    }
  }

  @Test func `a trigger without an owner gives the opportunity to the contact's owner`() throws {
    let trigger = "{ when: { any_conversion: true }, pipeline: Vendas, stage: Novo }"
    #expect(
      Draft(triggers: [trigger]).problems() == [
        "triggers[0].owner: is missing; it is everyone, administrators, lead_owner, { user: … } or "
          + "{ team: … }, or records.owners.contact says it for all"
      ]
    )
    let draft = Draft(triggers: [trigger], rest: ["records: { owners: { contact: everyone } }"])
    #expect(try draft.document().settings.triggers.map(\.owner) == [.contactOwner])
  }

  @Test func `the contact's owner needs to be said`() throws {
    let triggers = [Self.trigger("any_conversion: true", owner: "contact_owner")]
    #expect(
      Draft(triggers: triggers).problems() == [
        "triggers[0].owner: contact_owner needs records.owners.contact, who gets new contacts"
      ]
    )
    #expect(
      Draft(triggers: triggers, rest: ["records: { owners: { contact: contact_owner } }"])
        .problems() == [
          "records.owners.contact: a contact cannot follow its own owner; say who gets it"
        ]
    )
  }

  @Test(.behaviour("B064"), arguments: ["conversion: orcamento", "any_conversion: true"])
  func `stars from the lead's letter are possible with opportunity marks only`(_ when: String)
    throws
  {
    func trigger(_ when: String) -> String {
      "{ when: { \(when) }, owner: everyone, pipeline: Vendas, stage: Novo, "
        + "qualification_from_scoring: true }"
    }
    #expect(
      Draft(triggers: [trigger(when)]).problems() == [
        "triggers[0].qualification_from_scoring: is possible only with when: "
          + "{ opportunity_mark: true }"
      ]
    )
    let marked = Draft(triggers: [trigger("opportunity_mark: true")])
    #expect(try marked.document().settings.triggers[0].qualificationFromScoring)
  }

  @Test(.behaviour("B044")) func `the free plan allows one trigger`() throws {
    var draft = Draft(kind: "rd_station_crm", crm: ["plan: free"])
    draft.triggers = [Draft.marked, Draft.anyConversion]
    #expect(
      draft.problems() == [
        "triggers[1]: plan: free allows one trigger; more need the plan basic or higher"
      ]
    )
    draft.crm = ["plan: basic"]
    #expect(try draft.document().settings.triggers.count == 2)
    draft.crm = ["plan: free"]
    draft.triggers = [Draft.marked]
    #expect(try draft.document().settings.catalogue.plan == .free)
  }

  @Test(.behaviour("B017")) func `a datacrm takes no trigger on conversions`() throws {
    var draft = Draft(kind: "datacrm")
    #expect(try draft.document().settings.importRules.marksOnly)
    draft.triggers.append(Draft.anyConversion)
    draft.triggers.append(Self.trigger("conversion: orcamento", owner: "everyone"))
    let sentence =
      "a datacrm takes only leads marked as opportunity; use { opportunity_mark: true }"
    #expect(
      draft.problems() == ["triggers[1].when: \(sentence)", "triggers[2].when: \(sentence)"]
    )
  }

  @Test(.behaviour("B017")) func `a datacrm cannot be told to take conversions`() throws {
    let draft = Draft(
      kind: "datacrm",
      rest: ["import: { marks_only: false }"]
    )
    #expect(
      draft.problems() == ["import.marks_only: a datacrm takes only leads marked as opportunity"]
    )
  }

  @Test func `with marks only, what waits for a conversion is told`() throws {
    let draft = Draft(
      triggers: [Draft.marked, Draft.anyConversion],
      rest: ["import: { marks_only: true, conversions: [orcamento] }"]
    )
    #expect(
      try draft.warnings() == [
        "triggers[1].when: can never match: with import.marks_only no conversion enters",
        "import.conversions: has no effect: only leads marked as opportunity enter",
      ]
    )
  }

  @Test(.behaviour("B079", "B081"))
  func `variables of TOTVS CRM are replaced by name, and what is wrong with one is told by name`()
    throws
  {
    let fine = Draft(
      kind: "totvs",
      crm: [
        "variables: { totvs_crm_default_user: bia@acme.example, totvs_crm_pipeline: Meu funil }"
      ],
      triggers: [Self.trigger("opportunity_mark: true", owner: "everyone")]
    )
    let settings = try fine.document().settings
    #expect(settings.variables["totvs_crm_pipeline"] == "Meu funil")
    #expect(settings.catalogue.defaultUser == "bia@acme.example")
    let wrong = Draft(
      kind: "totvs",
      crm: ["variables: { totvs_crm_leadoriginid: seis, totvs_crm_pipelin: x }"],
      triggers: [Self.trigger("opportunity_mark: true", owner: "everyone")]
    ).problems()
    #expect(wrong.count == 3, "\(wrong)")
    for name in ["totvs_crm_default_user", "totvs_crm_leadoriginid", "totvs_crm_pipelin"] {
      #expect(wrong.contains { $0.contains(name) }, "\(wrong)")
    }
  }

  @Test func `a plan and variables are refused where the CRM has none`() {
    #expect(
      Draft(crm: ["plan: free", "variables: { a: b }"]).problems() == [
        "crm.plan: only kind: rd_station_crm has a plan",
        "crm.variables: only kind: totvs has variables",
      ]
    )
  }
}
