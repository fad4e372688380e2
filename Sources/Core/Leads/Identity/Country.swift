/// The countries whose numbers are read by their own rules.
package enum Country: String, Sendable, CaseIterable {
  case brazil = "BR"
  case colombia = "CO"

  /// Reads a code or a name in Portuguese, Spanish or English; nil for any other country.
  package init?(anyOf text: String) {
    switch text.trimmed.folded {
    case "br", "bra", "brasil", "brazil": self = .brazil
    case "co", "col", "colombia": self = .colombia
    default: return nil
    }
  }
}
