/// What stands as a lead's e-mail: the text as it came, and the address that it is, read once.
///
/// A text that is no address is kept, so that people see what was sent; it names nobody.
package struct LeadEmail: Sendable, Hashable, ExpressibleByStringLiteral {
  package let text: String
  package let address: EmailAddress?

  package init(_ text: String) {
    self.text = text
    address = EmailAddress(text)
  }

  package init(stringLiteral text: String) { self.init(text) }
}
