import Leads
import TestKit
import Testing
import Belt

struct OpportunityDecisionTests {
  private func decide(_ subject: OpportunitySubject, _ settings: Settings) -> OpportunityDecision {
    var rotations: [String: OwnerRotation] = [:]
    return OpportunityDecision(for: subject, settings: settings, rotations: &rotations)
  }

  private func subject(
    _ kind: LeadEvent.Kind = .conversion,
    identifier: String? = "orcamento",
    event: Int = 1,
    change: (inout LeadProfile) -> Void = { _ in }
  ) -> OpportunitySubject {
    .sample(kind, identifier: identifier, event: event, change: change)
  }

  private func draft(_ decision: OpportunityDecision) throws -> OpportunityDraft {
    try decision.draft()
  }

  private func trigger(_ when: Trigger.Condition, _ owner: Trigger.Owner, stage: String = "Novo")
    -> Trigger
  {
    Trigger(when: when, owner: owner, pipeline: "Vendas", stage: stage)
  }

  @Test(
    arguments: [
      ("Ana", "Acme", "a@x.example", "+5511998765432", "Ana"),
      (" ", "Acme", "a@x.example", "+5511998765432", "Acme"),
      (nil, nil, "a@x.example", "+5511998765432", "a@x.example"),
      (nil, " ", nil, "+5511998765432", "+5511998765432"),
      (nil, nil, nil, nil, "Lead \(Identifier(derivedFrom: "lead"))"),
    ] as [(String?, String?, String?, String?, String)]
  )
  func `an opportunity is called by what is known of its lead`(
    _ name: String?,
    _ company: String?,
    _ email: String?,
    _ phone: String?,
    _ title: String
  ) throws {
    var subject = subject { lead in
      lead.name = name
      lead.email = email.map { LeadEmail($0) }
      lead.personalPhone = phone
    }
    subject.companyName = company
    #expect(try draft(decide(subject, .sample())).title == title)
  }

  @Test(.behaviour("B031", "B036", "B037", "B062"))
  func `the first trigger that matches decides owner, pipeline and stage`() throws {
    let settings = Settings.sample {
      $0.triggers = [
        trigger(.opportunityMark, .user("ana@acme.com.br"), stage: "Proposta"),
        trigger(.conversion("Orcamento"), .user("bia@acme.com.br")),
        trigger(.anyConversion, .user("caio@acme.com.br")),
      ]
    }
    let chosen = try draft(decide(subject(), settings))
    #expect(chosen.owner == "bia@acme.com.br")
    #expect(chosen.stage == "Novo")
    #expect(try draft(decide(subject(.opportunityMark), settings)).stage == "Proposta")
    #expect(
      try draft(decide(subject(identifier: "outra"), settings)).owner == "caio@acme.com.br"
    )
  }

  @Test(
    .behaviour("B029", "B030", "B034", "B035"),
    arguments: [
      (Trigger.Condition.anyConversion, LeadEvent.Kind.conversion, "x", true),
      (.anyConversion, .opportunityMark, nil, false),
      (.opportunityMark, .opportunityMark, nil, true),
      (.opportunityMark, .conversion, "x", false),
      (.conversion("Fale conosco"), .conversion, " fale Conosco", true),
      (.conversion("Fale conosco"), .conversion, "orcamento", false),
      (.conversion("Fale conosco"), .opportunityMark, nil, false),
    ] as [(Trigger.Condition, LeadEvent.Kind, String?, Bool)]
  )
  func `a trigger starts with its own kind of event`(
    when: Trigger.Condition,
    kind: LeadEvent.Kind,
    identifier: String?,
    starts: Bool
  ) {
    #expect(trigger(when, .everyone).matches(kind, identifier: identifier) == starts)
  }

  @Test func `an event that no trigger starts with makes no opportunity and says so`() {
    let settings = Settings.sample { $0.triggers = [trigger(.opportunityMark, .everyone)] }
    guard case .none(let reason) = decide(subject(), settings) else {
      Issue.record("an opportunity was made")
      return
    }
    #expect(reason.code == "no_trigger_matched")
  }

  @Test(.behaviour("B038"))
  func `deciding an event again gives the same opportunity`() throws {
    let settings = Settings.sample()
    #expect(try draft(decide(subject(), settings)) == draft(decide(subject(), settings)))
    let other = try draft(decide(subject(event: 2), settings))
    #expect(try draft(decide(subject(), settings)).marker != other.marker)
  }

  @Test(
    .behaviour("B039", "B040", "B041", "B043"),
    arguments: [
      (Trigger.Owner.everyone, ["ana@acme.com.br", "bia@acme.com.br", "caio@acme.com.br"]),
      (.administrators, ["ana@acme.com.br"]), (.user("bia@acme.com.br"), ["bia@acme.com.br"]),
      (.team("inbound-sp"), ["bia@acme.com.br", "caio@acme.com.br"]),
    ]
  )
  func `the owner is drawn from the trigger's group`(owner: Trigger.Owner, group: [String]) throws {
    let settings = Settings.sample { $0.triggers = [trigger(.anyConversion, owner)] }
    var rotations: [String: OwnerRotation] = [:]
    var drawn: Set<String> = []
    for event in 0..<group.count {
      let decision = OpportunityDecision(
        for: subject(event: event),
        settings: settings,
        rotations: &rotations
      )
      drawn.insert(try draft(decision).owner)
    }
    #expect(drawn == Set(group))
  }

  @Test(
    .behaviour("B042", "B078", "B079"),
    arguments: [
      ("BIA@acme.com.br", nil, ["bia@acme.com.br"]),
      ("ninguem@acme.com.br", "ana@acme.com.br", ["ana@acme.com.br"]),
      (nil, nil, ["ana@acme.com.br", "bia@acme.com.br", "caio@acme.com.br"]),
    ] as [(String?, String?, [String])]
  )
  func `the lead's owner gets it, else the default user, else everyone takes turns`(
    leadOwner: String?,
    defaultUser: String?,
    among: [String]
  ) throws {
    let settings = Settings.sample {
      $0.triggers = [trigger(.opportunityMark, .leadOwner)]
      $0.catalogue.defaultUser = defaultUser
    }
    let decision = decide(subject(.opportunityMark) { $0.ownerEmail = leadOwner }, settings)
    #expect(among.contains(try draft(decision).owner))
  }

  @Test(
    .behaviour("B063", "B065"),
    arguments: [("A", 5), ("B", 4), ("C", 3), ("D", 2), (nil, 1)] as [(String?, Int)]
  )
  func `the qualification follows the profile letter by a fixed table`(letter: String?, stars: Int)
    throws
  {
    let settings = Settings.sample {
      $0.triggers = [trigger(.opportunityMark, .everyone)]
      $0.triggers[0].qualificationFromScoring = true
    }
    let decision = decide(subject(.opportunityMark) { $0.fitLetter = letter }, settings)
    #expect(try draft(decision).rating == stars)
  }

  @Test(.behaviour("B095", "B145", "B158"))
  func `a mapped field takes RD's value, else its default`() throws {
    let settings = Settings.sample {
      $0.fields = [
        FieldMapping(crm: "cidade", rd: "city", fallback: "–"),
        FieldMapping(crm: "segmento", rd: "cf_segmento", fallback: "Varejo"),
        FieldMapping(crm: "canal", rd: nil, fallback: "RD Station"),
        FieldMapping(crm: "site", rd: "website", fallback: nil),
      ]
    }
    let decision = decide(subject { $0.city = "Campinas" }, settings)
    #expect(
      try draft(decision).fields == [
        FieldValue(name: "cidade", value: "Campinas"),
        FieldValue(name: "segmento", value: "Varejo"),
        FieldValue(name: "canal", value: "RD Station"),
      ]
    )
  }

  @Test(.behaviour("B061"))
  func `the lead's history goes into the opportunity with identifier and origin`() throws {
    let item = try draft(decide(subject(), .sample())).history[0]
    #expect(item.identifier == "orcamento")
    #expect(item.origin == "google")
  }
}
