import Belt
import Leads
import StrictJSON
import TestKit
import Testing

@testable import TOTVSCRM

struct TOTVSTenantTests {
  private func problems(
    _ variables: [String: String] = [:],
    _ change: (inout TOTVSTenant) -> Void = { _ in }
  ) throws -> [TOTVSVariableProblem] {
    try TOTVSVariables.sample(variables).problems(in: .sample(change))
  }

  @Test func `a standard tenant has everything that the standard variables name`() throws {
    #expect(try problems().isEmpty)
  }

  @Test(
    .behaviour("B082"),
    arguments: [
      "totvs_crm_leadsituationid", "totvs_crm_leadoriginid", "totvs_crm_emailtypeid",
      "totvs_crm_phonetypeid_main", "totvs_crm_phonetypeid_mobile", "totvs_crm_addresstypeid",
      "totvs_crm_customerpersontype", "totvs_crm_customerpersontype_pj",
    ]
  )
  func `an id that the tenant does not have is told by its variable`(variable: String) throws {
    let id = "00000000-0000-4000-8000-00000000000b"
    let found = try problems([variable: id])
    #expect(found.map(\.variable) == [variable])
    #expect(found.first?.reason.sentence.contains(variable) == true)
    #expect(found.first?.reason.sentence.contains(id) == true)
    #expect(found.first?.error.code == .configuration)
  }

  @Test(
    .behaviour("B082"),
    arguments: [
      ("totvs_crm_oportunity_stage", "Novo"), ("totvs_crm_oportunity_stage", "abordagem"),
      ("totvs_crm_oportunity_type", "integração rd station"), ("totvs_crm_pipeline", "Outro"),
      ("totvs_crm_default_user", "ninguem@acme.com.br"),
    ]
  )
  func `a description or user that the tenant does not have is told by its variable`(
    variable: String,
    value: String
  ) throws {
    #expect(try problems([variable: value]).map(\.variable) == [variable])
  }

  @Test(.behaviour("B082")) func `an empty tenant lacks every variable`() throws {
    let empty = TOTVSTenant()
    let found = try TOTVSVariables.sample().problems(in: empty).map(\.variable)
    let twelve = Set(TOTVSVariable.allCases.map(\.rawValue)).subtracting([
      "totvs_crm_forced_person_type"
    ])
    #expect(Set(found) == twelve)
    #expect(found.count == 12)
  }

  @Test func `a description matches trimmed and in any normal form but with its capitals`() throws {
    let decomposed = " Abordagem e Investigac\u{327}a\u{303}o "
    #expect(try problems(["totvs_crm_oportunity_stage": decomposed]).isEmpty)
    let capitals = "ABORDAGEM E INVESTIGAÇÃO"
    #expect(try problems(["totvs_crm_oportunity_stage": capitals]).count == 1)
  }

  @Test(
    .behaviour("B080"),
    arguments: [(true, "totvs_default_user_without_role"), (false, "totvs_default_user_inactive")]
  )
  func `a default user without a role keeps leads out and is told as a fault of the settings`(
    isActive: Bool,
    code: String
  ) throws {
    let change: (inout TOTVSTenant) -> Void = {
      $0.users[0] = .init(
        id: .named("default"),
        email: "vendas@acme.com.br",
        isActive: isActive,
        hasRole: false
      )
    }
    #expect(try problems([:], change).map(\.reason.code) == [code])
    let error = try #require(throws: CRMError.self) {
      try TOTVSLead.sample(.maria { $0.owner = "ninguem@acme.com.br" }, in: .sample(change))
    }
    #expect(error.code == .configuration)
    #expect(error.reason.sentence.contains("totvs_crm_default_user"))
    // Not asked for, it harms nobody.
    let lead = try TOTVSLead.sample(in: .sample(change))
    #expect(lead.body["professionalId"] == .string("\(Identifier.named("ana"))"))
  }
}
