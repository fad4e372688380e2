import Belt

/// When a key that somebody has already is followed.
extension CentralDecision {
  static func person(_ keys: LeadKeys, _ known: CentralKnowledge) -> KeyMatch {
    KeyMatch(
      keys.person,
      known.contacts,
      isWeak: { keys.weak.contains($0) || known.isShared($0) },
      support: { hit, hits in
        let name = known.contactNames[hit.id]
        // Nameless both, a mailbox is all that there is to know.
        if keys.name == name, name != nil || hit.kind == .email { return .name }
        guard keys.name == nil || name == nil else { return nil }
        // Two numbers are of one kind here: both may be two readings of the same digits.
        let other = hits.first { ($0.kind == .email) != (hit.kind == .email) && $0.id == hit.id }
        return other.map { .anotherKey($0.kind) }
      }
    )
  }

  static func firm(_ keys: LeadKeys, _ known: CentralKnowledge) -> KeyMatch {
    KeyMatch(
      keys.company,
      known.companies,
      isWeak: { keys.weak.contains($0) || known.isNamesake($0, of: keys) },
      support: { hit, _ in
        guard hit.kind == .taxID else { return nil }
        guard let mine = keys.companyNameKey, let theirs = known.companyNames[hit.id] else {
          return .noContradiction
        }
        return mine == theirs ? .name : nil
      }
    )
  }
}

extension KeyMatch {
  func match(orNew id: @autoclosure () -> Identifier) -> CentralDecision.Match {
    if let known = self.id, let decider { return .known(known, by: decider) }
    return .new(id())
  }
}
