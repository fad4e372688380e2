import SettingsDocument
import TestKit
import Testing

@Suite struct DocumentFaultTests {
  struct Fault: Sendable, CustomTestStringConvertible {
    let change: String
    let replacement: String
    let messages: [String]
    var testDescription: String { messages.first ?? "" }

    init(_ change: String, _ replacement: String, _ messages: String...) {
      self.change = change
      self.replacement = replacement
      self.messages = messages
    }
  }

  static let faults: [Fault] = [
    Fault(
      "stage: Novo, on",
      "stage: Nuevo, on",
      "acme.yaml:14: triggers[1].stage: there is no stage “Nuevo” in pipeline “Vendas”; did you mean “Novo”?"
    ),
    Fault(
      "stage: Novo, on",
      "stage: Ganho total, on",
      "acme.yaml:14: triggers[1].stage: there is no stage “Ganho total” in pipeline “Vendas”; it has “Novo” and “Proposta”"
    ),
    Fault(
      "pipeline: MQL, stage",
      "pipeline: MLQ, stage",
      "acme.yaml:13: triggers[0].pipeline: there is no pipeline “MLQ”; there are “Vendas” and “MQL”"
    ),
    Fault(
      "owner: { team: inbound-sp }",
      "owner: { team: inbound-rj }",
      "acme.yaml:14: triggers[1].owner.team: there is no team “inbound-rj”; did you mean “inbound-sp”?"
    ),
    Fault(
      "{ user: bruno@acme.example }",
      "{ user: bruna@acme.example }",
      "acme.yaml:15: triggers[2].owner.user: there is no user “bruna@acme.example”; did you mean “bruno@acme.example” or “ana@acme.example”?"
    ),
    Fault(
      "{ user: bruno@acme.example }",
      "administratores",
      "acme.yaml:15: triggers[2].owner: there is no owner “administratores”; did you mean “administrators”?, or { user: … } or { team: … }"
    ),
    Fault(
      "{ team: inbound-sp }, pipeline",
      "lead_owner, pipeline",
      "acme.yaml:14: triggers[1].owner: lead_owner is offered only with when: { opportunity_mark: true }; use everyone, administrators, { user: … } or { team: … }"
    ),
    Fault(
      "stage: Novo, on",
      "stage: Novo, qualification_from_scoring: true, on",
      "acme.yaml:14: triggers[1].qualification_from_scoring: is possible only with when: { opportunity_mark: true }"
    ),
    Fault(
      "when: { conversion: orcamento }",
      "when: { conversion: orcamento, any_conversion: true }",
      "acme.yaml:14: triggers[1].when: must be exactly one of opportunity_mark: true, conversion: IDENTIFIER or any_conversion: true"
    ),
    Fault(
      "when: { conversion: orcamento }, owner",
      "owner",
      "acme.yaml:14: triggers[1].when: is missing; it is one of opportunity_mark: true, conversion: IDENTIFIER or any_conversion: true"
    ),
    Fault(
      "centralize_by: company",
      "centralise_by: company",
      "acme.yaml:16: unknown key “centralise_by”; did you mean “centralize_by”?"
    ),
    Fault(
      "centralize_by: company",
      "centralize_by: empresa",
      "acme.yaml:16: centralize_by: “empresa” is none of its values; they are “contact” and “company”"
    ),
    Fault(
      "lead_scoring: [A, B]",
      "lead_scoring: [A, b, E]",
      "acme.yaml:11: import.lead_scoring[1]: there is no score “b”; did you mean “B”?",
      "acme.yaml:11: import.lead_scoring[2]: there is no score “E”; did you mean “A”, “B” or “C”?"
    ),
    Fault(
      "fit_letters: { A: 80, B: 60, C: 40 }",
      "fit_letters: { A: 80, B: 90, C: 40 }",
      "acme.yaml:11: import.fit_letters: A must begin above B, and B above C"
    ),
    Fault(
      "fit_letters: { A: 80, B: 60, C: 40 }",
      "fit_letters: { A: 80, B: 60 }",
      "acme.yaml:11: import.fit_letters.C: is missing"
    ),
    Fault(
      "[x.com.br]",
      "[fulano@x.com.br]",
      "acme.yaml:11: import.ignored_email_domains[0]: “fulano@x.com.br” is no e-mail domain; write x.com.br"
    ),
    Fault(
      "[Diretor]",
      "[Diretor, Diretor]",
      "acme.yaml:11: import.job_titles[1]: “Diretor” stands twice in the list"
    ),
    Fault(
      "one_open_deal_per_lead: true",
      "one_open_deal_per_lead: sometimes",
      "acme.yaml:19: one_open_deal_per_lead: must be true or false"
    ),
    Fault(
      "integration: acme\n",
      "integration: Acme Ltda\n",
      "acme.yaml:1: integration: “Acme Ltda” must be 1 to 40 lower-case letters, digits and hyphens"
    ),
    Fault("integration: acme\n", "", "acme.yaml:1: integration: is missing"),
    Fault(
      "client_id: env:ID",
      "client_id: 4711-secret",
      "acme.yaml:2: rd_station.client_id: must say where the value is, env:NAME or file:PATH, and not hold it itself"
    ),
    Fault(
      "refresh_token: env:TOKEN",
      "plan2: x",
      "acme.yaml:2: rd_station: unknown key “plan2”; did you mean “plan”?",
      "acme.yaml:2: rd_station.refresh_token: is missing"
    ),
    Fault(
      "kind: embedded",
      "kind: salesforce",
      "acme.yaml:4: crm.kind: there is no CRM “salesforce”; there are embedded, rd_station_crm, totvs, datacrm"
    ),
    Fault(
      "default_user: ana@acme.example",
      "default_user: anna@acme.example",
      "acme.yaml:8: crm.default_user: there is no user “anna@acme.example”; did you mean “ana@acme.example” or “bruno@acme.example”?"
    ),
    Fault(
      "bruno@acme.example]\n  teams",
      "bruno@acme.example, bruno@acme.example]\n  teams",
      "acme.yaml:5: crm.users[2]: the user “bruno@acme.example” stands twice"
    ),
    Fault(
      "{ crm: canal, default: RD }",
      "{ crm: canal }",
      "acme.yaml:20: fields[1]: needs rd (a field of RD Station), default (a fixed value), or both"
    ),
    Fault(
      "{ crm: canal, default: RD }",
      "{ crm: segmento, default: RD }",
      "acme.yaml:20: fields[1].crm: opportunity.segmento is filled by an earlier row"
    ),
    Fault(
      "direction: both",
      "direction: to_crn",
      "acme.yaml:21: tags.direction: “to_crn” is none of its values; did you mean “to_crm” or “to_rd”?"
    ),
    Fault(
      "triggers:\n",
      "triggers: {}\nother:\n",
      "acme.yaml:12: triggers: must be a list, such as [one, two]",
      "acme.yaml:13: unknown key “other”; there are “integration”, “rd_station”, “crm”, “import”, “records”, “triggers”, “centralize_by”, “lead_name_as_company” and 7 more"
    ),
    Fault(
      "centralize_by: company",
      "integration: twice",
      "acme.yaml:1: the key “integration” stands twice"
    ),
    Fault(
      "centralize_by: company",
      "centralize_by: [",
      "acme.yaml:18: this is no YAML: did not find expected ',' or ']'"
    ),
  ]

  @Test(.behaviour("B040", "B041", "B064", "B217", "B223"), arguments: faults)
  func `every fault is named with its line, its field and what would be right`(_ fault: Fault)
    throws
  {
    let text = SettingsDocumentTests.complete.replacing(
      fault.change,
      with: fault.replacement,
      maxReplacements: 1
    )
    try #require(text != SettingsDocumentTests.complete)
    let error = #expect(throws: SettingsDocumentError.self) {
      try SettingsDocument(yaml: text, file: "acme.yaml")
    }
    #expect(error?.description == fault.messages.joined(separator: "\n"))
  }
}
