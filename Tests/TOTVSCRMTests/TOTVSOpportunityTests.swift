import Belt
import Leads
import StrictJSON
import TestKit
import Testing

@testable import TOTVSCRM

struct TOTVSOpportunityTests {
  @Test(.behaviour("B021"))
  func `an opportunity has exactly the form that the API takes`() throws {
    let made = try TOTVSOpportunity.sample()
    #expect(
      made.body == [
        "externalId": .string("rd:acme:\(Identifier.named("opportunity"))"),
        "description": "Maria Souza - ACME Ltda",
        "leadId": "lead-1",
        "pipelineId": .string("\(Identifier.named("MQL"))"),
        "stageId": .string("\(Identifier.named("stage-1"))"),
        "opportunityTypeId": .string("\(Identifier.named("type-1"))"),
        "professionalId": .string("\(Identifier.named("ana"))"),
        "value": 0,
      ]
    )
    #expect(made.externalID == made.body["externalId"]?.string)
  }

  @Test(
    .behaviour("B075", "B076", "B077", "B081"),
    arguments: [
      (
        ["totvs_crm_oportunity_stage": "Proposta"], ["MQL", "stage-2", "type-1"]
      ),
      (["totvs_crm_oportunity_type": "Indicação"], ["MQL", "stage-1", "type-2"]),
      (
        ["totvs_crm_pipeline": "Vendas", "totvs_crm_oportunity_stage": "Novo"],
        ["Vendas", "stage-3", "type-1"]
      ),
      ([:], ["MQL", "stage-1", "type-1"]),
    ] as [([String: String], [String])]
  )
  func `pipeline, stage and type follow the descriptions in the variables`(
    variables: [String: String],
    names: [String]
  ) throws {
    let body = try TOTVSOpportunity.sample(variables: variables).body
    let ids = ["pipelineId", "stageId", "opportunityTypeId"].map { body[$0]?.string }
    #expect(ids == names.map { Identifier.named($0).description })
  }

  @Test func `the standard descriptions are those of the seeds`() throws {
    let variables = try TOTVSVariables.sample()
    #expect(variables.stage == "Abordagem e Investigação")
    #expect(variables.opportunityType == "Integração RD Station")
    #expect(variables.pipeline == "MQL - Marketing Qualified Lead")
  }

  @Test func `a place that a trigger names goes before the variables`() throws {
    let draft = OpportunityDraft.sample {
      $0.pipeline = "Vendas"
      $0.stage = "Novo"
    }
    let body = try TOTVSOpportunity.sample(draft).body
    #expect(body["pipelineId"] == .string("\(Identifier.named("Vendas"))"))
    #expect(body["stageId"] == .string("\(Identifier.named("stage-3"))"))
  }

  @Test(
    arguments: [
      (OpportunityDraft.sample { $0.pipeline = "Outro" }, "totvs_pipeline_not_in_tenant", "Outro"),
      (OpportunityDraft.sample { $0.stage = "Fim" }, "totvs_stage_not_in_tenant", "Fim"),
      (
        OpportunityDraft.sample { $0.pipeline = "Vendas" }, "totvs_variable_not_in_tenant",
        "totvs_crm_oportunity_stage"
      ),
    ]
  )
  func `a place that the tenant does not have is a fault of the settings`(
    draft: OpportunityDraft,
    code: String,
    name: String
  ) throws {
    let error = try #require(throws: CRMError.self) { try TOTVSOpportunity.sample(draft) }
    #expect(error.code == .configuration)
    #expect(error.reason.code == code)
    #expect(error.reason.sentence.contains(name))
  }

  @Test func `a name is not said twice in the description`() throws {
    let draft = OpportunityDraft.sample { $0.title = "ACME Ltda" }
    #expect(try TOTVSOpportunity.sample(draft).body["description"] == "ACME Ltda")
    let person = try TOTVSOpportunity.sample(.sample { $0.company = nil })
    #expect(person.body["description"] == "Maria Souza")
  }

  @Test(.behaviour("B166"))
  func `only mapped fields and the tags' field go into custom fields`() throws {
    let draft = OpportunityDraft.sample {
      $0.fields = [
        FieldValue(name: "Segmento", value: "X"), FieldValue(name: "Canais", values: ["A", "B"]),
      ]
      $0.tags = ["feira", "vip"]
    }
    let body = try TOTVSOpportunity.sample(draft, tagField: "tagsRD").body
    #expect(
      body["customFields"] == ["Segmento": "X", "Canais": ["A", "B"], "tagsRD": "feira, vip"]
    )
    let untagged = try TOTVSOpportunity.sample(.sample { $0.tags = ["feira"] })
    #expect(untagged.body["customFields"] == nil)
  }

  @Test func `two events make two opportunities and one event one`() {
    let (first, second) = (
      OpportunityDraft.sample(), OpportunityDraft.sample { $0.marker = .named("second") }
    )
    let id = TOTVSOpportunity.externalID(of: first.marker, in: "acme")
    let renamed = OpportunityDraft.sample { $0.title = "x" }
    #expect(id == TOTVSOpportunity.externalID(of: renamed.marker, in: "acme"))
    #expect(id != TOTVSOpportunity.externalID(of: second.marker, in: "acme"))
    #expect(id != TOTVSOpportunity.externalID(of: first.marker, in: "other"))
  }
}
