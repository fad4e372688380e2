/// Which records are meant, in the syntax of the `Integration-Filter` header (totvs-crm.md 3).
///
/// How letters outside ASCII and the syntax's own signs are sent is not known, so that values with them
/// cannot be asked for. Assumed: dots lead into members, such as `emails.email`.
package struct RestQuery: Sendable, Hashable {
  /// Of its fourteen operators those that are needed.
  package enum Operator: String, Sendable {
    case equals = "eq"
    /// In any capitals.
    case equalsLoosely = "ieq"
  }

  package let text: String

  /// A field that is exactly this; nil for a value that no filter can carry.
  package init?(_ field: String, _ value: String) { self.init(field, .equals, value) }

  /// Nil for a value that no filter can carry.
  package init?(_ field: String, _ operation: Operator, _ value: String) {
    guard (1...255).contains(value.utf8.count), !value.contains("->"),
      value.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x7B && $0 != 0x7D })
    else { return nil }
    text = "{\(field)->\(operation.rawValue)->\(value)}"
  }
}
