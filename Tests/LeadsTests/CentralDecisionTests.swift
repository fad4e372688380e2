import Leads
import StrictJSON
import TestKit
import Testing
import Workers

struct CentralDecisionTests {
  private func lead(
    uuid: String? = nil,
    email: String? = nil,
    mobile: String? = nil,
    company: String? = nil,
    name: String? = nil
  ) -> LeadProfile {
    var lead = LeadProfile()
    (lead.rdUUID, lead.email, lead.mobilePhone, lead.company, lead.name) =
      (uuid, email, mobile, company, name)
    return lead
  }

  private func decide(
    _ lead: LeadProfile,
    _ known: inout CentralKnowledge,
    _ settings: Settings = .sample()
  ) -> CentralDecision {
    let decision = CentralDecision(
      for: LeadKeys(of: lead, settings: settings),
      lead: Identifier(derivedFrom: lead.json.text),
      knowing: known,
      integration: "acme"
    )
    known.learn(decision)
    return decision
  }

  @Test(.behaviour("B025", "B049", "B052", "B055"))
  func `leads with the same e-mail are one contact, whatever its case`() {
    var known = CentralKnowledge()
    let first = decide(lead(uuid: "u1", email: "ana@exemplo.com.br"), &known)
    let second = decide(lead(uuid: "u2", email: " Ana@Exemplo.com.br "), &known)
    #expect(second.contact == .known(first.contact.id, by: .email))
  }

  @Test(.behaviour("B052", "B054"))
  func `the RD Station id outranks the e-mail`() {
    var known = CentralKnowledge()
    let first = decide(lead(uuid: "u1", email: "ana@exemplo.com.br"), &known)
    let second = decide(lead(uuid: "u1", email: "nova@exemplo.com.br"), &known)
    #expect(second.contact == .known(first.contact.id, by: .rdUUID))
    #expect(second.contactKeys == [MatchKey(.email, "nova@exemplo.com.br")])
  }

  @Test(.behaviour("B056"))
  func `leads with the same mobile number are one contact, however it is written`() {
    var known = CentralKnowledge()
    let first = decide(lead(uuid: "u1", mobile: "+55 (11) 97000-1234"), &known)
    let second = decide(lead(uuid: "u2", mobile: "11970001234"), &known)
    #expect(second.contact == .known(first.contact.id, by: .mobile))
  }

  @Test func `keys that lead to two people follow the stronger one and are kept as a warning`() {
    var known = CentralKnowledge()
    let ana = decide(lead(uuid: "u1", email: "ana@exemplo.com.br"), &known)
    _ = decide(lead(uuid: "u2", mobile: "+55 11 97000-1234"), &known)
    let both = decide(
      lead(uuid: "u3", email: "ana@exemplo.com.br", mobile: "+55 11 97000-1234"),
      &known
    )
    #expect(both.contact == .known(ana.contact.id, by: .email))
    #expect(both.conflicts == [.mobile])
  }

  @Test(.behaviour("B047"))
  func `leads with the same company field are in one company`() {
    var known = CentralKnowledge()
    let settings = Settings.sample { $0.centralizeBy = .company }
    let first = decide(lead(uuid: "u1", company: "Prado Metais, Ltda."), &known, settings)
    let second = decide(lead(uuid: "u2", company: "PRADO METAIS LTDA"), &known, settings)
    #expect(second.company == .known(first.company!.id, by: .companyName))
    #expect(first.contact.id != second.contact.id)
  }

  @Test(.behaviour("B057"))
  func `a company is found by its tax number before its name`() {
    var known = CentralKnowledge()
    let settings = Settings.sample { $0.taxIDField = "cf_nit" }
    var first = lead(uuid: "u1", company: "Metales Prado")
    first.customFields = [.init(key: "cf_nit", value: "900.123.456-7")]
    var second = lead(uuid: "u2", company: "Metales del Prado S.A.S.")
    second.customFields = [.init(key: "cf_nit", value: "9001234567")]
    let one = decide(first, &known, settings)
    #expect(decide(second, &known, settings).company == .known(one.company!.id, by: .taxID))
  }

  @Test(.behaviour("B048"), arguments: [true, false])
  func `a lead without company gives its own name to one only when the settings say so`(
    allowed: Bool
  ) {
    var known = CentralKnowledge()
    let settings = Settings.sample {
      $0.centralizeBy = .company
      $0.leadNameAsCompany = allowed
    }
    let first = decide(lead(uuid: "u1", name: "João"), &known, settings)
    let second = decide(lead(uuid: "u2", name: "João"), &known, settings)
    #expect(first.company?.id == second.company?.id)
    #expect((first.company != nil) == allowed)
  }

  @Test func `a contact's company is reused when a later lead names none`() {
    var known = CentralKnowledge()
    let first = decide(lead(uuid: "u1", company: "Prado Metais"), &known)
    let second = decide(lead(uuid: "u1"), &known)
    #expect(second.company?.id == first.company?.id)
  }
}
