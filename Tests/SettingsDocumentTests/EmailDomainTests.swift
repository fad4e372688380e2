import Testing

@testable import SettingsDocument

@Suite struct EmailDomainTests {
  @Test(arguments: [
    "outro.com.br", "@outro.com.br", " Outro.com.br ", "a-b.co", "açúcar.com.br", "x.y.example",
  ])
  func `what stands behind the @ of an address is a domain`(_ text: String) {
    #expect(EmailDomain.fault(of: text) == nil)
  }

  @Test(arguments: [
    ("https://outro.com.br", "outro.com.br"), ("http://www.outro.com.br/contato?x", "outro.com.br"),
    ("*.outro.com.br", "outro.com.br"), ("*outro.com.br", "outro.com.br"),
    ("www.outro.com.br", "outro.com.br"), ("fulano@outro.com.br", "outro.com.br"),
    ("outro.com.br.", "outro.com.br"), (".outro.com.br", "outro.com.br"),
    ("outro.com.br/contato", "outro.com.br"), ("outro.com.br:8080", "outro.com.br"),
  ])
  func `what never matches an address is refused, with what was meant`(
    _ text: String,
    _ meant: String
  ) {
    #expect(EmailDomain.fault(of: text)?.hasSuffix("; write \(meant)") == true)
  }

  @Test(arguments: ["outro", "", "*", "a b.com", "-a.com", "a..com", "https://"])
  func `what names no domain at all is refused with an example`(_ text: String) {
    #expect(EmailDomain.fault(of: text)?.hasSuffix(", such as example.com") == true)
  }

  @Test func `a pattern is told that it is not needed`() {
    #expect(
      EmailDomain.fault(of: "*.x.com.br")
        == "“*.x.com.br” is no e-mail domain (what is under a domain is always meant too); write x.com.br"
    )
  }
}
