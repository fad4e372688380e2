/// An e-mail address: the key by which both platforms know a person (B025).
///
/// Two values are equal when RD Station takes them for one address; people are compared by ``mailbox``.
package struct EmailAddress: Sendable, Hashable, CustomStringConvertible {
  /// As it was given, trimmed and in composed form: what is sent and stored.
  package let original: String
  /// The original in lower case: what RD Station compares, and what names a lead.
  package let address: String
  /// The mailbox behind the address; for matching people only, never to be sent (R13).
  ///
  /// Lower case; a tag after `+` is dropped and Gmail's dots are, where the provider ignores them.
  package let mailbox: String

  /// Nil when the text is no address: one `@`, something before it, a domain with a dot after it, no
  /// white space, at most 255 scalars (R40).
  ///
  /// An international domain is taken in its Unicode form and in its `xn--` form; these two are
  /// different domains here, as nothing converts one into the other.
  package init?(_ text: String) {
    let trimmed = text.trimmed.composed
    guard (3...255).contains(trimmed.unicodeScalars.count),
      !trimmed.unicodeScalars.contains(where: { $0.properties.isWhitespace || $0.value < 0x20 })
    else { return nil }
    let parts = trimmed.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, parts[1].contains("."),
      !parts[1].hasPrefix("."), !parts[1].hasSuffix(".")
    else { return nil }
    original = trimmed
    address = trimmed.lowercased().composed
    mailbox = MailProvider.mailbox(of: address)
  }

  /// As the address has it, in lower case.
  package var domain: Substring { address[address.index(after: at)...] }

  /// Whether the address is a desk's and not a person's, such as `vendas@` or `contato1@`.
  package var isRole: Bool { RoleMailbox.isRole(address[..<at]) }

  package static func == (one: EmailAddress, other: EmailAddress) -> Bool {
    one.address == other.address
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(address) }

  /// Masked, so that an address never reaches a log by accident.
  package var description: String { "\(address.prefix(1))…@\(domain)" }

  private var at: String.Index { address.firstIndex(of: "@") ?? address.startIndex }
}
