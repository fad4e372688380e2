package import Belt

/// To whom a lead's keys lead, and which of them was followed.
package struct KeyMatch: Sendable, Hashable {
  /// Why a weak key was followed.
  package enum Support: Sendable, Hashable {
    case name
    case anotherKey(MatchKey.Kind)
    /// Nothing speaks against it, which is enough for a company's tax number.
    case noContradiction
  }

  /// The key that decided; nil when none was followed.
  package let decider: MatchKey.Kind?
  package let id: Identifier?
  /// Nil for a strong key, which decides alone.
  package let support: Support?
  /// Further keys that lead to the same.
  package let agreeing: [MatchKey.Kind]
  /// Strong keys that lead to somebody else: the strongest won, and this is kept as a warning (R13).
  package let conflicts: [MatchKey.Kind]
  /// Weak keys that lead to somebody else, or to somebody whom nothing else confirms.
  package let unfollowed: [MatchKey.Kind]
  /// Keys that led nowhere yet.
  package let fresh: [MatchKey]

  /// Follows the first strong key that leads somewhere, else the first weak one with support.
  init(
    _ keys: [MatchKey],
    _ known: [MatchKey: Identifier],
    isWeak: (MatchKey) -> Bool,
    support: (Hit, [Hit]) -> Support?
  ) {
    let hits = keys.compactMap { key in
      known[key].map { Hit(kind: key.kind, id: $0, isWeak: isWeak(key)) }
    }
    let strong = hits.first { !$0.isWeak }
    var followed = strong.map { (hit: $0, support: nil as Support?) }
    if followed == nil {
      for hit in hits {
        guard let reason = support(hit, hits) else { continue }
        followed = (hit, reason)
        break
      }
    }
    let id = followed?.hit.id
    decider = followed?.hit.kind
    self.id = id
    self.support = followed?.support
    agreeing = Self.kinds(hits.filter { $0.id == id && $0.kind != followed?.hit.kind })
    conflicts = Self.kinds(hits.filter { !$0.isWeak && $0.id != id })
    unfollowed = Self.kinds(hits.filter { $0.isWeak && $0.id != id })
    fresh = keys.filter { known[$0] == nil }
  }

  /// A key that leads to somebody.
  struct Hit {
    let kind: MatchKey.Kind
    let id: Identifier
    let isWeak: Bool
  }

  private static func kinds(_ hits: [Hit]) -> [MatchKey.Kind] {
    MatchKey.Kind.allCases.filter { kind in hits.contains { $0.kind == kind } }
  }
}
