import Leads
import StrictJSON
import TestKit
import Testing
import Belt

struct TOTVSLeadTests {
  @Test(.behaviour("B021", "B053", "B067", "B165"))
  func `a lead has exactly the form that the API takes`() throws {
    let lead = try TOTVSLead.sample()
    #expect(
      lead.body == [
        "externalId": "rd:acme:5408c5a3-4711-4f2e-8d0b-13407a3e30f3",
        "name": "Maria Souza",
        "tradingName": "ACME Ltda",
        "leadType": "Lead",
        "leadSituationId": .string(StandardID.situation),
        "leadOriginId": .string(StandardID.origin),
        "customerPersonType": ["id": .string(StandardID.company)],
        "professionalId": .string("\(Identifier.named("ana"))"),
        "jobTitle": "Compradora",
        "website": "https://acme.com.br",
        "facebook": "acme.fb",
        "linkedin": "acme.in",
        "emails": [
          ["email": "maria@acme.com.br", "emailTypeId": .string(StandardID.email)]
        ],
        "phones": [
          ["number": "+55 11 3333-4444", "phoneTypeId": .string(StandardID.mainPhone)],
          ["number": "+55 11 98888-7777", "phoneTypeId": .string(StandardID.mobilePhone)],
        ],
        "addresses": [
          [
            "addressType": ["id": .string(StandardID.address)], "cityName": "Joinville",
            "stateName": "Santa Catarina",
          ]
        ],
        "customFields": ["rdStationId": "5408c5a3-4711-4f2e-8d0b-13407a3e30f3"],
      ]
    )
    #expect(lead.warnings.isEmpty)
  }

  @Test(.behaviour("B023")) func `what a lead does not say is left out`() throws {
    let lead = try TOTVSLead.sample(LeadProfile())
    #expect(
      lead.body.members?.map(\.key) == [
        "name", "leadType", "leadSituationId", "leadOriginId", "customerPersonType",
        "professionalId",
      ]
    )
    #expect(lead.body["name"] == "Lead 1")
    let blank = LeadProfile.maria {
      $0.personalPhone = " "
      $0.city = ""
    }
    let body = try TOTVSLead.sample(blank).body
    #expect(body.at("phones")?.array?.count == 1)
    #expect(body.at("phones.0.phoneTypeId")?.string == StandardID.mobilePhone)
    #expect(body.at("addresses.0")?.members?.map(\.key) == ["addressType", "stateName"])
  }

  @Test(
    .behaviour("B073", "B074"),
    arguments: [
      (nil, "ACME Ltda", StandardID.company), (nil, nil, StandardID.individual),
      (nil, "  ", StandardID.individual), ("pf", "ACME Ltda", StandardID.individual),
      ("PJ", nil, StandardID.company),
    ] as [(String?, String?, String)]
  )
  func `a lead with a company is one unless a setting forces the person type`(
    forced: String?,
    company: String?,
    expected: String
  ) throws {
    let lead = LeadProfile.maria { $0.company = company }
    let change = forced.map { ["totvs_crm_forced_person_type": $0] } ?? [:]
    let body = try TOTVSLead.sample(lead, variables: change).body
    #expect(body.at("customerPersonType.id")?.string == expected)
  }

  @Test(.behaviour("B166")) func `custom fields stay behind with a note that names them`() throws {
    let lead = LeadProfile.maria {
      $0.country = "Brasil"
      $0.customFields = [
        .init(key: "cf_segmento", value: "Varejo secreto"), .init(key: "cf_vazio", value: ""),
      ]
    }
    let made = try TOTVSLead.sample(lead)
    #expect(try made.body == TOTVSLead.sample().body)
    #expect(made.warnings.count == 1)
    #expect(made.warnings.first?.contains("“cf_segmento” was left out") == true)
    #expect(made.warnings.first?.contains("secreto") == false)
  }

  @Test func `a text that is no e-mail address is left out and its absence told`() throws {
    let lead = try TOTVSLead.sample(.maria { $0.email = "maria at acme" })
    #expect(lead.body["emails"] == nil)
    #expect(lead.warnings.map { $0.contains("“E-mail”") } == [true])
  }

  @Test(.behaviour("B078")) func `the lead's own user is found by e-mail address`() throws {
    for owner in ["ana@acme.com.br", " Ana@ACME.com.br "] {
      let responsible = try TOTVSResponsible(owner, in: .sample(), variables: .sample())
      #expect(responsible.id == .named("ana"))
      #expect(responsible.warning == nil)
      let lead = try TOTVSLead.sample(owner: owner)
      #expect(lead.body["professionalId"] == .string("\(Identifier.named("ana"))"))
    }
  }

  @Test(.behaviour("B078")) func `the user who owns the lead at RD gets the opportunity`() throws {
    let settings = Settings.sample {
      $0.crm = .totvs
      $0.triggers = [
        Trigger(when: .opportunityMark, owner: .leadOwner, pipeline: "Vendas", stage: "Novo")
      ]
    }
    let subject = OpportunitySubject(
      event: .named("event"),
      kind: .opportunityMark,
      identifier: nil,
      lead: .maria { $0.ownerEmail = "bia@acme.com.br" },
      leadID: .named("lead"),
      contact: .named("contact"),
      company: nil,
      companyName: nil,
      history: []
    )
    var rotations: [String: OwnerRotation] = [:]
    let decision = OpportunityDecision(for: subject, settings: settings, rotations: &rotations)
    guard case .create(let draft, _) = decision else {
      Issue.record("no opportunity was made")
      return
    }
    let body = try TOTVSOpportunity.sample(draft, of: subject.lead).body
    #expect(body["professionalId"] == .string("\(Identifier.named("bia"))"))
    #expect(body["stageId"] == .string("\(Identifier.named("stage-3"))"))
  }

  @Test(
    .behaviour("B079"),
    arguments: [
      (nil, "is not named"), ("", "is not named"), ("ninguem@acme.com.br", "is no user"),
      ("bia@acme.com.br", "holds no role"), ("caio@acme.com.br", "is not active"),
    ] as [(String?, String)]
  )
  func `a lead whose user cannot take it goes to the default user`(
    owner: String?,
    cause: String
  ) throws {
    let tenant = TOTVSTenant.sample {
      $0.users[2] = .init(id: .named("bia"), email: "bia@acme.com.br", hasRole: false)
      $0.users.append(.init(id: .named("caio"), email: "caio@acme.com.br", isActive: false))
    }
    let responsible = try TOTVSResponsible(owner, in: tenant, variables: .sample())
    #expect(responsible.id == .named("default"))
    #expect(responsible.warning?.contains(cause) == true)
    #expect(responsible.warning?.contains("@") == false)
    let lead = try TOTVSLead.sample(owner: owner, in: tenant)
    #expect(lead.body["professionalId"] == .string("\(Identifier.named("default"))"))
    let draft = OpportunityDraft.sample { $0.owner = owner ?? "" }
    let opportunity = try TOTVSOpportunity.sample(draft, in: tenant)
    #expect(opportunity.body["professionalId"] == .string("\(Identifier.named("default"))"))
  }
}
