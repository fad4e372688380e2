/// The name of an integration: lower-case letters, digits and hyphens, 1 to 40 characters.
///
/// It stands in routing keys, web addresses and every database key, so it is checked once, at the door.
package struct IntegrationName: Sendable, Hashable, CustomStringConvertible {
  package let text: String

  /// Nil for anything else.
  package init?(_ text: some StringProtocol) {
    guard (1...40).contains(text.utf8.count) else { return nil }
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "-"):
        continue
      default: return nil
      }
    }
    self.text = String(text)
  }

  package var description: String { text }
}
