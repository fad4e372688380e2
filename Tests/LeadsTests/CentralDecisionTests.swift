import Leads
import StrictJSON
import TestKit
import Testing
import Belt

struct CentralDecisionTests {
  private func lead(
    uuid: String? = nil,
    email: String? = nil,
    mobile: String? = nil,
    landline: String? = nil,
    company: String? = nil,
    name: String? = nil,
    taxID: String? = nil
  ) -> LeadProfile {
    var lead = LeadProfile()
    (lead.rdUUID, lead.email, lead.mobilePhone, lead.company, lead.name) =
      (uuid, email.map { LeadEmail($0) }, mobile, company, name)
    lead.personalPhone = landline
    if let taxID { lead.customFields = [.init(key: "cf_nit", value: .string(taxID))] }
    return lead
  }

  private func decide(
    _ lead: LeadProfile,
    _ known: inout CentralKnowledge,
    _ settings: Settings = .sample(),
    crmID: String? = nil
  ) -> CentralDecision {
    let keys = LeadKeys(of: lead, settings: settings, crmID: crmID)
    let decision = CentralDecision(
      for: keys,
      lead: Identifier(derivedFrom: lead.json.text),
      knowing: known,
      integration: "acme"
    )
    known.learn(decision, of: keys)
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

  @Test func `the CRM's own id outranks the e-mail and comes after RD Station's`() {
    var known = CentralKnowledge()
    let ana = decide(lead(uuid: "u1", email: "ana@exemplo.com.br"), &known, crmID: "77")
    let bia = decide(lead(uuid: "u2", email: "bia@exemplo.com.br"), &known)
    let moved = decide(lead(uuid: "u3", email: "bia@exemplo.com.br"), &known, crmID: "77")
    #expect(moved.contact == .known(ana.contact.id, by: .crmID))
    #expect(moved.conflicts == [.email])
    let both = decide(lead(uuid: "u2"), &known, crmID: "77")
    #expect(both.contact == .known(bia.contact.id, by: .rdUUID))
    #expect(both.conflicts == [.crmID])
  }

  @Test(.behaviour("B025", "B052"))
  func `an e-mail that changed is another key of the same person, under which others find them`() {
    var known = CentralKnowledge()
    let first = decide(lead(uuid: "u1", email: "ana@antiga.com.br"), &known)
    _ = decide(lead(uuid: "u1", email: "ana@nova.com.br"), &known)
    let third = decide(lead(uuid: "u9", email: "Ana@Nova.com.br"), &known)
    let fourth = decide(lead(uuid: "u8", email: "ana@antiga.com.br"), &known)
    #expect([third, fourth].allSatisfy { $0.contact.id == first.contact.id })
  }

  @Test(.behaviour("B025"))
  func `two addresses of one mailbox are one person`() {
    var known = CentralKnowledge()
    let first = decide(lead(uuid: "u1", email: "Ana.Prado@gmail.com"), &known)
    let second = decide(lead(uuid: "u2", email: "anaprado+feira@googlemail.com"), &known)
    #expect(second.contact == .known(first.contact.id, by: .email))
    let third = decide(lead(uuid: "u3", email: "ana.prado@outlook.com"), &known)
    let fourth = decide(lead(uuid: "u4", email: "anaprado@outlook.com"), &known)
    #expect(third.contact.id != fourth.contact.id)
  }
}

/// Keys that several people have.
extension CentralDecisionTests {
  @Test func `a desk's e-mail merges nobody by itself, and finds the person whose name agrees`() {
    var known = CentralKnowledge()
    let ana = decide(lead(uuid: "u1", email: "vendas@acme.com.br", name: "Ana Prado"), &known)
    let bia = decide(lead(uuid: "u2", email: "vendas@acme.com.br", name: "Bia Reis"), &known)
    #expect(bia.contact.id != ana.contact.id)
    #expect(bia.person.unfollowed == [.email] && bia.conflicts.isEmpty)
    let again = decide(lead(uuid: "u3", email: "Vendas@acme.com.br", name: "ANA PRADO"), &known)
    #expect(again.contact == .known(ana.contact.id, by: .email))
    #expect(again.person.support == .name)
  }

  @Test
  func `a lead with nothing but another person's desk is one new person, however often it comes`() {
    var known = CentralKnowledge()
    _ = decide(lead(email: "vendas@acme.com.br", name: "Ana Prado"), &known)
    let bia = decide(lead(email: "vendas@acme.com.br", name: "Bia Reis"), &known)
    let caio = decide(lead(email: "vendas@acme.com.br", name: "Caio Luz"), &known)
    let again = decide(lead(email: "vendas@acme.com.br", name: "Bia Reis"), &known)
    #expect(Set([bia, caio].map(\.contact.id)).count == 2)
    #expect(again.contact.id == bia.contact.id)
  }

  @Test func `a landline merges nobody by itself, and finds the person whose name agrees`() {
    var known = CentralKnowledge()
    let ana = decide(lead(uuid: "u1", landline: "11 3456-7890", name: "Ana Prado"), &known)
    let bia = decide(lead(uuid: "u2", mobile: "+55 11 3456-7890", name: "Bia Reis"), &known)
    let nameless = decide(lead(uuid: "u3", landline: "1134567890"), &known)
    #expect(Set([ana, bia, nameless].map(\.contact.id)).count == 3)
    let again = decide(lead(uuid: "u4", landline: "011 3456-7890", name: "Ana  Prado"), &known)
    #expect(again.contact == .known(ana.contact.id, by: .phone))
  }

  @Test func `two weak keys that agree find a person, unless the names differ`() {
    var known = CentralKnowledge()
    let ana = decide(
      lead(uuid: "u1", email: "info@acme.com.br", landline: "11 3456-7890", name: "Ana Prado"),
      &known
    )
    let nameless = decide(
      lead(uuid: "u2", email: "info@acme.com.br", landline: "11 3456-7890"),
      &known
    )
    #expect(nameless.contact == .known(ana.contact.id, by: .email))
    #expect(nameless.person.support == .anotherKey(.phone))
    let colleague = decide(
      lead(uuid: "u3", email: "info@acme.com.br", landline: "11 3456-7890", name: "Bia Reis"),
      &known
    )
    #expect(colleague.contact.id != ana.contact.id)
  }

  @Test(.behaviour("B056"))
  func `a mobile number that three people carry finds only the one whose name agrees`() {
    var known = CentralKnowledge()
    func carrier(_ number: Int, _ name: String) -> CentralDecision {
      decide(
        lead(
          uuid: "u\(number)",
          email: "p\(number)@exemplo.com.br",
          mobile: "11 98765-4321",
          name: name
        ),
        &known
      )
    }
    let ana = carrier(1, "Ana Prado")
    #expect(carrier(2, "Bia Reis").contact == .known(ana.contact.id, by: .mobile))
    #expect(carrier(3, "Caio Luz").contact == .known(ana.contact.id, by: .mobile))
    let dora = carrier(4, "Dora Sá")
    #expect(dora.contact.id != ana.contact.id)
    #expect(dora.person.unfollowed == [.mobile] && dora.newlyCarried.isEmpty)
    #expect(carrier(5, "Ana Prado").contact == .known(ana.contact.id, by: .mobile))
  }

  @Test func `one person with one number stays one, however often and under how many addresses`() {
    var known = CentralKnowledge()
    let contacts = (0..<9).map { number in
      decide(
        lead(
          uuid: "u\(number)",
          email: "ana\(number)@exemplo.com.br",
          mobile: "11 98765-4321",
          name: number % 2 == 0 ? "Ana Prado" : "Ana da Silva Prado"
        ),
        &known
      ).contact.id
    }
    #expect(Set(contacts).count == 1)
  }

  @Test(.behaviour("B056"))
  func `a mobile number is known with and without its ninth digit`() {
    var known = CentralKnowledge()
    let first = decide(lead(uuid: "u1", mobile: "(11) 8765-4321"), &known)
    let second = decide(lead(uuid: "u2", landline: "+55 11 98765-4321"), &known)
    #expect(second.contact == .known(first.contact.id, by: .mobile))
  }

  @Test func `a number without country is read by the lead's country, else by the CRM's`() {
    var known = CentralKnowledge()
    let colombia = Settings.sample { $0.crm = .datacrm }
    let first = decide(lead(uuid: "u1", mobile: "+57 312 345 6789"), &known, colombia)
    let second = decide(lead(uuid: "u2", mobile: "312 345 6789"), &known, colombia)
    #expect(second.contact == .known(first.contact.id, by: .mobile))
    var third = lead(uuid: "u3", mobile: "312 345 6789")
    third.country = "Colômbia"
    #expect(decide(third, &known).contact == .known(first.contact.id, by: .mobile))
    // In Brazil it is a landline first, and the other reading finds nobody alone.
    let fourth = decide(lead(uuid: "u4", mobile: "312 345 6789"), &known)
    #expect(fourth.contact == .new(fourth.contact.id))
    #expect(Set(fourth.person.unfollowed) == [.mobile, .phone])
  }

  @Test(arguments: CRMKind.allCases)
  func `which keys count is the CRM's matter, and RD Station's id always does`(crm: CRMKind) {
    let settings = Settings.sample {
      $0.crm = crm
      $0.taxIDField = "cf_nit"
    }
    let keys = LeadKeys(
      of: lead(
        uuid: "u1",
        email: "ana@exemplo.com.br",
        mobile: "+55 11 98765-4321",
        landline: "+55 11 3456-7890",
        company: "Prado Metais",
        name: "Ana Prado",
        taxID: "900123456-8"
      ),
      settings: settings
    )
    let person: [MatchKey.Kind] =
      switch crm {
      case .embedded: [.rdUUID, .email, .mobile, .phone]
      case .datacrm: [.rdUUID, .email, .mobile]
      default: [.rdUUID, .email]
      }
    #expect(keys.person.map(\.kind) == person)
    #expect(keys.company.map(\.kind) == (crm == .datacrm ? [.taxID] : [.taxID, .companyName]))
  }
}

/// Companies.
extension CentralDecisionTests {
  @Test(.behaviour("B057"))
  func `a company is found by its tax number before its name`() {
    var known = CentralKnowledge()
    let settings = Settings.sample { $0.taxIDField = "cf_nit" }
    let one = decide(
      lead(uuid: "u1", company: "Metales Prado", taxID: "900.123.456-8"),
      &known,
      settings
    )
    for (number, taxID) in ["9001234568", "900123456", "NIT 900 123 456 - 8"].enumerated() {
      let other = decide(
        lead(uuid: "v\(number)", company: "Metales del Prado S.A.S.", taxID: taxID),
        &known,
        settings
      )
      #expect(other.company == .known(one.company!.id, by: .taxID), "\(taxID)")
    }
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

  @Test(.behaviour("B048"), arguments: [true, false])
  func `a company name that is the person's own makes a company only when the settings say so`(
    allowed: Bool
  ) {
    let settings = Settings.sample {
      $0.centralizeBy = .company
      $0.leadNameAsCompany = allowed
    }
    for company in ["João", "JOAO", "João da Silva", "joao silva"] {
      var known = CentralKnowledge()
      let decision = decide(
        lead(uuid: "u1", company: company, name: "João da Silva"),
        &known,
        settings
      )
      #expect((decision.company != nil) == allowed, "\(company)")
      #expect(decision.explanation.contains("the person's own name") == !allowed, "\(company)")
    }
  }

  @Test(.behaviour("B048"))
  func `a name of more than the first name, or with a legal form, is a company`() {
    for company in ["João Metais", "João Ltda", "Silva", "João da Silva ME"] {
      var known = CentralKnowledge()
      let decision = decide(lead(uuid: "u1", company: company, name: "João da Silva"), &known)
      #expect(decision.company != nil && !decision.refusesCompanyName, "\(company)")
    }
  }

  @Test func `a tax number shows a company though it bears the person's name`() {
    var known = CentralKnowledge()
    let settings = Settings.sample { $0.taxIDField = "cf_nit" }
    let owner = lead(uuid: "u1", company: "João Silva", name: "João Silva", taxID: "529.982.247-25")
    let keys = LeadKeys(of: owner, settings: settings)
    #expect(keys.companyName == "João Silva" && keys.company.map(\.kind) == [.taxID])
    #expect(decide(owner, &known, settings).company != nil)
  }

  @Test func `two companies of one name and two tax numbers are two`() {
    var known = CentralKnowledge()
    let settings = Settings.sample { $0.taxIDField = "cf_nit" }
    let one = decide(
      lead(uuid: "u1", company: "ACME Ltda", taxID: "04.252.011/0001-10"),
      &known,
      settings
    )
    let two = decide(
      lead(uuid: "u2", company: "ACME S.A.", taxID: "59.952.259/0001-85"),
      &known,
      settings
    )
    #expect(one.company!.id != two.company!.id)
    #expect(two.firm.unfollowed == [.companyName])
    // Without a number, the name leads to the one that had it first; the form does not matter.
    let three = decide(lead(uuid: "u3", company: "acme"), &known, settings)
    #expect(three.company == .known(one.company!.id, by: .companyName))
  }

  @Test
  func `a tax number that fails its check finds a company unless another name speaks against it`() {
    var known = CentralKnowledge()
    let settings = Settings.sample {
      $0.crm = .datacrm
      $0.taxIDField = "cf_nit"
    }
    func decided(_ uuid: String, _ company: String) -> CentralDecision {
      decide(lead(uuid: uuid, company: company, taxID: "900123456-1"), &known, settings)
    }
    let one = decided("u1", "Metales Prado")
    #expect(decided("u2", "METALES PRADO SAS").company == .known(one.company!.id, by: .taxID))
    #expect(decided("u3", "Textiles Reyes").company!.id != one.company!.id)
  }

  @Test(.behaviour("B057", "B058"))
  func `without a tax number DataCRM reuses the company of the contact, and looks for no name`() {
    var known = CentralKnowledge()
    let settings = Settings.sample {
      $0.crm = .datacrm
      $0.taxIDField = "cf_nit"
    }
    let ana = decide(
      lead(uuid: "u1", company: "Metales Prado", name: "Ana Prado"),
      &known,
      settings
    )
    let bia = decide(lead(uuid: "u2", company: "Metales Prado", name: "Bia Reis"), &known, settings)
    #expect(ana.company != nil && bia.company != nil && ana.company!.id != bia.company!.id)
    let again = decide(lead(uuid: "u1", company: "Otra Cosa", name: "Ana Prado"), &known, settings)
    #expect(again.company == .ofContact(ana.company!.id))
    let unnamed = decide(lead(uuid: "u3", name: "Eva Luna"), &known, settings)
    #expect(unnamed.company == nil)
    // The number comes later, with the same name: the company gets it, and others find it by it.
    let numbered = lead(uuid: "u1", company: "Metales Prado SAS", taxID: "900123456-8")
    #expect(decide(numbered, &known, settings).company == .ofContact(ana.company!.id))
    let other = decide(lead(uuid: "u4", company: "Metales", taxID: "900123456"), &known, settings)
    #expect(other.company == .known(ana.company!.id, by: .taxID))
  }

  @Test(.behaviour("B058"))
  func `a lead that is marked again is the same contact and the same company`() {
    var known = CentralKnowledge()
    let ana = lead(
      uuid: "u1",
      email: "ana@prado.com.br",
      company: "Prado Metais",
      name: "Ana Prado"
    )
    let first = decide(ana, &known)
    let second = decide(ana, &known)
    #expect(second.contact == .known(first.contact.id, by: .rdUUID))
    #expect(second.company == .known(first.company!.id, by: .companyName))
    #expect(second.contactKeys.isEmpty && second.companyKeys.isEmpty)
  }
}

/// What the journey says.
extension CentralDecisionTests {
  @Test(.behaviour("B052"))
  func `the journey says which keys were found, which decided and which were not followed`() {
    var known = CentralKnowledge()
    let ana = lead(
      uuid: "u1",
      email: "ana@prado.com.br",
      mobile: "11 98765-4321",
      company: "Prado Metais",
      name: "Ana Prado"
    )
    #expect(decide(ana, &known).explanation == "The contact is new; the company is new.")
    #expect(
      decide(ana, &known).explanation
        == "The contact was known by its RD Station id (e-mail and mobile number lead there too); "
        + "the company was known by its company name."
    )
    let bia = lead(uuid: "u2", email: "vendas@prado.com.br", name: "Bia Reis")
    #expect(decide(bia, &known).explanation == "The contact is new; there is no company.")
    let caio = lead(uuid: "u3", email: "vendas@prado.com.br", name: "Caio Luz")
    #expect(
      decide(caio, &known).explanation
        == "The contact is new; there is no company. The e-mail was found with somebody else and not "
        + "followed, as it says too little alone."
    )
    let moved = lead(uuid: "u2", email: "ana@prado.com.br", mobile: "11 91234-5678")
    #expect(
      decide(moved, &known).explanation
        == "The contact was known by its RD Station id; there is no company. Warning: e-mail leads to "
        + "somebody else; the stronger key was followed. From now on the contact is known by its "
        + "mobile number too."
    )
    let again = lead(uuid: "u9", email: "vendas@prado.com.br", name: "bia reis")
    #expect(
      decide(again, &known).explanation.hasPrefix(
        "The contact was known by its e-mail, which others may share, and the name agrees; "
      )
    )
  }

  @Test func `the journey holds no value of a key`() {
    var known = CentralKnowledge()
    let settings = Settings.sample { $0.taxIDField = "cf_nit" }
    let ana = lead(
      uuid: "u1",
      email: "ana@prado.com.br",
      mobile: "11 98765-4321",
      company: "Ana",
      name: "Ana Prado"
    )
    for _ in 0..<2 {
      let text = decide(ana, &known, settings).explanation
      #expect(!text.contains("Ana") && !text.contains("98765") && !text.contains("u1"))
    }
  }
}
