/// A person's name as a key for comparing; never shown.
package struct PersonName: Sendable, Hashable {
  /// The folded words without particles: `João da Silva` → `joao silva`.
  package let key: String

  /// Nil when no letter or digit is left.
  package init?(_ text: String) {
    let words = FoldedWords(text).words.map(\.text).filter { $0 != "&" }
    let telling = words.filter { !particles.contains($0) }
    guard !words.isEmpty else { return nil }
    key = (telling.isEmpty ? words : telling).joined(separator: " ")
  }

  /// The first word of the key.
  package var first: Substring { key.prefix { $0 != " " } }
}

/// The words inside Portuguese and Spanish names that come and go.
private let particles: Set<String> = [
  "da", "de", "do", "das", "dos", "e", "del", "la", "las", "los", "y",
]
