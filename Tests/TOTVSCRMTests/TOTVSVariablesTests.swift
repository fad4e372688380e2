import Belt
import Leads
import StrictJSON
import TestKit
import Testing

@testable import TOTVSCRM

struct TOTVSVariablesTests {
  /// Where each variable that is an id shows in the body of a lead.
  struct Row: CustomTestStringConvertible {
    let variable: String
    let standard: String
    let path: String
    var company: String? = "ACME Ltda"
    var testDescription: String { variable }
  }

  @Test(
    .behaviour("B066", "B068", "B069", "B070", "B071", "B072", "B073", "B074", "B081"),
    arguments: [
      Row(
        variable: "totvs_crm_leadsituationid",
        standard: "1aa8633e-5ff3-4bc4-a7d5-1b63a879c4f2",
        path: "leadSituationId"
      ),
      Row(
        variable: "totvs_crm_leadoriginid",
        standard: "ac80e699-8a31-4f20-9833-d1d3656ee89d",
        path: "leadOriginId"
      ),
      Row(
        variable: "totvs_crm_emailtypeid",
        standard: "7391c70e-aeb8-4c68-bd5c-7b5d30cf4d1d",
        path: "emails.0.emailTypeId"
      ),
      Row(
        variable: "totvs_crm_phonetypeid_main",
        standard: "d870427c-bbad-4eb8-9af5-5183b47f648f",
        path: "phones.0.phoneTypeId"
      ),
      Row(
        variable: "totvs_crm_phonetypeid_mobile",
        standard: "67cd545a-cf05-441e-a0ec-635c44e60d41",
        path: "phones.1.phoneTypeId"
      ),
      Row(
        variable: "totvs_crm_addresstypeid",
        standard: "b604f287-36bf-4e6d-ae83-c75c46a2fbeb",
        path: "addresses.0.addressType.id"
      ),
      Row(
        variable: "totvs_crm_customerpersontype",
        standard: "8cea3c86-1984-4c77-acf5-3f622c1efe5b",
        path: "customerPersonType.id",
        company: nil
      ),
      Row(
        variable: "totvs_crm_customerpersontype_pj",
        standard: "40694c1a-44f9-4c3b-a5a8-aa63e0742c75",
        path: "customerPersonType.id"
      ),
    ]
  )
  func `an id has the seeds' value until the customer gives another`(row: Row) throws {
    let lead = RecordDraft.maria { $0.company = row.company.map { TradingName($0).record } }
    #expect(try TOTVSLead.sample(lead).body.at(row.path)?.string == row.standard)
    let own = "00000000-0000-4000-8000-00000000000a"
    let changed = try TOTVSLead.sample(lead, variables: [row.variable: own])
    #expect(changed.body.at(row.path)?.string == own)
    let blank = try TOTVSLead.sample(lead, variables: [row.variable: "  "])
    #expect(blank.body.at(row.path)?.string == row.standard)
  }

  private func refusal(_ given: [String: String]) -> TOTVSVariablesError? {
    do throws(TOTVSVariablesError) {
      _ = try TOTVSVariables(given)
      return nil
    } catch {
      return error
    }
  }

  private func problems(_ given: [String: String]) -> [TOTVSVariableProblem] {
    refusal(given)?.problems ?? []
  }

  @Test func `every problem is told at once and by name`() throws {
    let refusal = refusal([
      "totvs_crm_leadoriginid": "RD Station",
      "totvs_crm_opportunity_stage": "Novo",
      "totvs_crm_forced_person_type": "both",
      "another": "x",
    ])
    let error = try #require(refusal)
    let problems = error.problems
    #expect(
      problems.map(\.variable) == [
        "totvs_crm_leadoriginid", "totvs_crm_default_user", "totvs_crm_forced_person_type",
        "another", "totvs_crm_opportunity_stage",
      ]
    )
    for problem in problems {
      #expect(problem.reason.sentence.contains(problem.variable))
      #expect(error.reason.sentence.contains(problem.reason.sentence))
    }
    #expect(error.disposition == .reject)
  }

  @Test(arguments: [
    ("totvs_crm_opportunity_stage", "totvs_crm_oportunity_stage"),
    ("totvs_crm_opportunity_type", "totvs_crm_oportunity_type"),
    ("TOTVS_CRM_PIPELINE", "totvs_crm_pipeline"),
    ("totvs_crm_leadoriginId", "totvs_crm_leadoriginid"),
    ("totvs_crm_phonetype_mobile", "totvs_crm_phonetypeid_mobile"),
    ("default_user", "totvs_crm_default_user"),
  ])
  func `an unknown variable is told with the name that was meant`(
    written: String,
    meant: String
  ) throws {
    let found = problems(["totvs_crm_default_user": "a@acme.com.br", written: "x"])
    #expect(found.map(\.reason.code) == ["totvs_variable_unknown"])
    #expect(found.first?.reason.sentence.hasSuffix("did you mean \(meant)?") == true)
  }

  @Test func `an unknown variable that is like none gets no guess`() {
    let found = problems(["totvs_crm_default_user": "a@acme.com.br", "cor": "x"])
    #expect(found.map(\.reason.sentence) == ["TOTVS CRM has no variable “cor”."])
  }

  @Test(arguments: [nil, "", "  ", "vendas", "vendas@acme", "a b@acme.com.br"])
  func `the default user has to be an e-mail address`(address: String?) throws {
    let given = address.map { ["totvs_crm_default_user": $0] } ?? [:]
    #expect(problems(given).map(\.variable) == ["totvs_crm_default_user"])
  }

  @Test(arguments: [
    "1aa8633e-5ff3-4bc4-a7d5-1b63a879c4f", "1aa8633e-5ff3-4bc4-a7d5-1b63a879c4f2a",
    "1aa8633e-5ff3-4bc4-a7d5-1b63a879c4fz", "Ativo",
  ])
  func `what is no UUID is refused and not quoted`(value: String) throws {
    let found = problems([
      "totvs_crm_default_user": "a@acme.com.br", "totvs_crm_leadsituationid": value,
    ])
    #expect(found.map(\.variable) == ["totvs_crm_leadsituationid"])
    #expect(found.first?.reason.sentence.contains("“\(value)”") == false)
  }
}
