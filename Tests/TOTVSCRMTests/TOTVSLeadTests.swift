import Belt
import Leads
import StrictJSON
import TestKit
import Testing

@testable import TOTVSCRM

struct TOTVSLeadTests {
  @Test(.behaviour("B021", "B053", "B067", "B165"))
  func `a lead has exactly the form that the API takes`() throws {
    let lead = try TOTVSLead.sample()
    #expect(
      lead.body == [
        "externalId": .string("rd:acme:\(Identifier.named("maria"))"),
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
    #expect(lead.externalID == lead.body["externalId"]?.string)
  }

  @Test(.behaviour("B023")) func `what a lead does not say is left out`() throws {
    let nobody = RecordDraft(.contact, id: .named("nobody"))
    let lead = try TOTVSLead.sample(nobody)
    #expect(
      lead.body.members?.map(\.key) == [
        "externalId", "name", "leadType", "leadSituationId", "leadOriginId",
        "customerPersonType", "professionalId",
      ]
    )
    #expect(lead.body["name"] == .string("Lead \(nobody.id)"))
    let blank = RecordDraft.maria {
      $0.fill(.phone, " ")
      $0.fill(.city, "")
    }
    let body = try TOTVSLead.sample(blank).body
    #expect(body.at("phones")?.array?.count == 1)
    #expect(body.at("phones.0.phoneTypeId")?.string == StandardID.mobilePhone)
    #expect(body.at("addresses.0")?.members?.map(\.key) == ["addressType", "stateName"])
  }

  @Test func `a number that is not known to be a mobile one is the main one`() throws {
    let lead = try TOTVSLead.sample(
      .maria {
        $0.keys = [MatchKey(.phone, "551133334444")]
        $0.phone = "+55 11 3333-4444"
        $0.fields = []
      }
    )
    #expect(lead.body.at("phones")?.array?.count == 1)
    #expect(lead.body.at("phones.0.phoneTypeId")?.string == StandardID.mainPhone)
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
    let lead = RecordDraft.maria { $0.company = company.map { TradingName($0).record } }
    let change = forced.map { ["totvs_crm_forced_person_type": $0] } ?? [:]
    let body = try TOTVSLead.sample(lead, variables: change).body
    #expect(body.at("customerPersonType.id")?.string == expected)
  }

  @Test(.behaviour("B166"))
  func `only fields that the settings map go beside the standard ones`() throws {
    let lead = try TOTVSLead.sample(
      .maria { $0.fields.append(FieldValue(name: "Segmento", value: "Varejo")) }
    )
    #expect(lead.body.at("customFields.Segmento") == "Varejo")
    let standard = try TOTVSLead.sample(.maria { $0.keys.removeAll { $0.kind == .rdUUID } })
    #expect(standard.body["customFields"] == nil)
  }

  @Test func `a text that is no e-mail address is left out`() throws {
    let lead = try TOTVSLead.sample(.maria { $0.email = "maria at acme" })
    #expect(lead.body["emails"] == nil)
  }

  @Test(.behaviour("B078")) func `the lead's own user is found by e-mail address`() throws {
    for owner in ["ana@acme.com.br", " Ana@ACME.com.br "] {
      let responsible = try TOTVSResponsible(owner, in: .sample(), variables: .sample())
      #expect(responsible.id == .named("ana"))
      let lead = try TOTVSLead.sample(.maria { $0.owner = owner })
      #expect(lead.body["professionalId"] == .string("\(Identifier.named("ana"))"))
    }
  }

  @Test(
    .behaviour("B079"),
    arguments: [nil, "", "ninguem@acme.com.br", "bia@acme.com.br", "caio@acme.com.br"]
      as [String?]
  )
  func `a lead whose user cannot take it goes to the default user`(owner: String?) throws {
    let tenant = TOTVSTenant.sample {
      $0.users[2] = .init(id: .named("bia"), email: "bia@acme.com.br", hasRole: false)
      $0.users.append(.init(id: .named("caio"), email: "caio@acme.com.br", isActive: false))
    }
    let lead = try TOTVSLead.sample(.maria { $0.owner = owner }, in: tenant)
    #expect(lead.body["professionalId"] == .string("\(Identifier.named("default"))"))
    let draft = OpportunityDraft.sample { $0.owner = owner ?? "" }
    let opportunity = try TOTVSOpportunity.sample(draft, in: tenant)
    #expect(opportunity.body["professionalId"] == .string("\(Identifier.named("default"))"))
  }
}
