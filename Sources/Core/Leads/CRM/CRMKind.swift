/// Which CRM an integration writes to: its name in documents and in the database, with its traits.
///
/// Not an enumeration, so that nothing can ask which one it is instead of what it can do.
package struct CRMKind: RawRepresentable, Sendable, Hashable, CaseIterable {
  package let rawValue: String
  package let traits: CRMTraits

  init(_ rawValue: String, _ traits: CRMTraits) {
    self.rawValue = rawValue
    self.traits = traits
  }

  /// Nil for a name that this version does not know.
  package init?(rawValue: String) {
    guard let known = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
    self = known
  }

  package static func == (one: Self, other: Self) -> Bool { one.rawValue == other.rawValue }

  package func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
}
