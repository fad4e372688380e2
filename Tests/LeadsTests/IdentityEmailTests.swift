import Leads
import TestKit
import Testing

struct IdentityEmailTests {
  @Test(
    .behaviour("B025"),
    arguments: [
      ("Ana@Exemplo.com.br", "ana@exemplo.com.br"),
      ("ana+feira@exemplo.com.br", "ana+feira@exemplo.com.br"),
      ("Ana.Prado+crm@GMail.com", "anaprado@gmail.com"),
      ("anaprado@googlemail.com", "anaprado@gmail.com"),
      ("a.n.a@gmail.com.br", "a.n.a@gmail.com.br"),
      ("+x@gmail.com", "+x@gmail.com"),
      ("...@gmail.com", "...@gmail.com"),
      ("ana.prado+x@outlook.com", "ana.prado@outlook.com"),
      ("ana.prado+x@hotmail.com", "ana.prado@hotmail.com"),
      ("ana.prado@live.com", "ana.prado@live.com"),
      ("ana+x@icloud.com", "ana@icloud.com"),
      ("ana+x@fastmail.com", "ana@fastmail.com"),
      ("ana+x@proton.me", "ana@proton.me"),
      ("ana.prado+x@yahoo.com.br", "ana.prado+x@yahoo.com.br"),
      ("ana+x@uol.com.br", "ana+x@uol.com.br"),
    ]
  )
  func `the key is the mailbox, as far as its provider is known`(text: String, key: String) {
    #expect(EmailAddress(text)?.mailbox == key)
  }

  @Test(.behaviour("B025"))
  func `what is sent stays as it was given and what RD Station compares keeps dots and tags`()
    throws
  {
    let address = try #require(EmailAddress("  Ana.Prado+CRM@GMail.com\n"))
    #expect(address.original == "Ana.Prado+CRM@GMail.com")
    #expect(address.address == "ana.prado+crm@gmail.com")
    #expect(address == EmailAddress("ANA.PRADO+crm@gmail.com"))
    #expect(address != EmailAddress("anaprado@gmail.com"))
  }

  @Test func `the domain is the address's own, not the canonical one`() {
    #expect(EmailAddress("Ana@GoogleMail.com")?.domain == "googlemail.com")
  }

  @Test func `composed and decomposed letters are one key, byte by byte`() throws {
    let composed = try #require(EmailAddress("jos\u{E9}@caf\u{E9}.com.br"))
    let decomposed = try #require(EmailAddress("jose\u{301}@cafe\u{301}.com.br"))
    #expect(Array(composed.mailbox.utf8) == Array(decomposed.mailbox.utf8))
    #expect(
      Array(decomposed.original.unicodeScalars)
        == Array("jos\u{E9}@caf\u{E9}.com.br".unicodeScalars)
    )
  }

  @Test func `a domain in Unicode and one in its xn form are both addresses`() {
    #expect(EmailAddress("ana@café.com.br")?.domain == "café.com.br")
    #expect(EmailAddress("ana@XN--CAF-DMA.com.br")?.domain == "xn--caf-dma.com.br")
  }

  @Test(arguments: [
    "", "ana", "@x.com", "ana@", "ana@x", "a@b@c.com", "a b@c.com", "a@.com", "a@c.",
  ])
  func `what is no address is none`(text: String) { #expect(EmailAddress(text) == nil) }

  @Test func `255 characters are an address and 256 are none`() {
    let domain = "@exemplo.com.br"
    let local = { String(repeating: "é", count: $0 - domain.count) }
    #expect(EmailAddress(local(255) + domain) != nil)
    #expect(EmailAddress(local(256) + domain) == nil)
  }

  @Test(arguments: [
    "contato", "Comercial", "vendas", "vendas2", "vendas.sp", "vendas-sul", "info", "ventas",
    "gerencia", "sac", "atendimento", "suporte", "financeiro", "nf-e", "contato+site",
    "no-reply", "servicioalcliente",
  ])
  func `a desk's address is a role`(local: String) {
    #expect(EmailAddress("\(local)@exemplo.com.br")?.isRole == true)
  }

  @Test(arguments: ["ana", "ana.vendas", "informatica", "sacha", "admir", "v", "2", "contatoana"])
  func `a person's address is no role`(local: String) {
    #expect(EmailAddress("\(local)@exemplo.com.br")?.isRole == false)
  }

  @Test func `a lead is told apart as RD Station does, and a person by the mailbox`() throws {
    func lead(_ email: String) -> LeadEvent {
      var lead = LeadProfile()
      lead.email = LeadEmail(email)
      return LeadEvent(
        kind: .conversion,
        lead: lead,
        identifier: nil,
        occurredAt: nil,
        origin: nil,
        number: nil,
        key: email,
        in: "acme"
      )
    }
    let dotted = lead("Ana.Prado@gmail.com")
    #expect(dotted.leadID == lead("ana.prado@GMAIL.com").leadID)
    #expect(dotted.leadID != lead("anaprado@gmail.com").leadID)
    let keys = [dotted, lead("anaprado@gmail.com")].map {
      LeadKeys(of: $0.lead, settings: .sample()).person
    }
    #expect(keys[0] == keys[1])
  }

  @Test func `a rule for a domain sees the address's own domain`() {
    var lead = LeadProfile()
    lead.email = "ana@googlemail.com"
    let event = LeadEvent(
      kind: .conversion,
      lead: lead,
      identifier: "x",
      occurredAt: nil,
      origin: nil,
      number: nil,
      key: "x",
      in: "acme"
    )
    #expect(ImportRules(ignoredEmailDomains: ["gmail.com"]).refusal(of: event) == nil)
    #expect(ImportRules(ignoredEmailDomains: ["googlemail.com"]).refusal(of: event) != nil)
  }
}
