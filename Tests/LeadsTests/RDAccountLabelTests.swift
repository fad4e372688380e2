import Leads
import Testing

struct RDAccountLabelTests {
  @Test(arguments: [
    ("acme", "acme.com.br", true), ("acme", "Acme", true), (" ACME.com.br ", "acme.com.br", true),
    ("acme.com.br", "www.acme.com.br", true), ("acme", "www.acme.com.br", true),
    ("ux-4", "ux-1.exemplo.com.br", false), ("acme", "acme-filial.com.br", false),
    ("acme.com", "acme.com.br", true), ("acm", "acme.com.br", false), ("", "acme.com.br", false),
    ("Padaria São João", "padaria são joão", true),
  ])
  func `a document may name the account by its domain, or by the first part of it`(
    label: String,
    account: String,
    isIt: Bool
  ) {
    #expect(RDAccountLabel(label).names(account) == isIt)
  }
}
