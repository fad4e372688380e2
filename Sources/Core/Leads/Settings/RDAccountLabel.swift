/// The RD Station account as a document names it.
package struct RDAccountLabel: Sendable, Hashable {
  private let text: String

  package init(_ text: String) { self.text = text }

  /// Whether it is this account, by the name that RD Station itself has for it.
  ///
  /// RD names most accounts by their domain; its first part is enough: `acme` is `acme.com.br`.
  package func names(_ account: String) -> Bool {
    let own = Self.plain(text)
    let other = Self.plain(account)
    guard !own.isEmpty else { return false }
    return own == other || other.hasPrefix("\(own).")
  }

  private static func plain(_ text: String) -> String {
    let text = text.trimmed.lowercased()
    return text.hasPrefix("www.") ? String(text.dropFirst(4)) : text
  }
}
