package import Leads

/// Compares two versions of the settings of one integration.
package enum SettingsChanges {
  /// Every difference, in the order of the document; equal settings have none, and others at least
  /// one.
  ///
  /// Without an earlier version everything that is told counts as added.
  package static func between(_ before: Settings?, _ after: Settings) -> [SettingsChange] {
    let (old, new) = (before?.parts ?? [], after.parts)
    guard before != nil else {
      return new.filter { !$0.words.isEmpty }.map { SettingsChange(.added, $0) }
    }
    var kinds: [SettingsPart.Kind] = []
    for part in new + old where !kinds.contains(part.kind) { kinds.append(part.kind) }
    return kinds.flatMap { kind in
      compare(old.filter { $0.kind == kind }, new.filter { $0.kind == kind })
    }
  }

  /// Parts of one kind.
  private static func compare(_ old: [SettingsPart], _ new: [SettingsPart]) -> [SettingsChange] {
    let earlier = Dictionary(
      old.enumerated().map { ($0.element.identity, $0.offset) },
      uniquingKeysWith: { first, _ in first }
    )
    let places = new.compactMap { earlier[$0.identity] }
    let kept = longestRise(places)
    var changes: [SettingsChange] = []
    for (index, part) in new.enumerated() {
      guard let place = earlier[part.identity] else {
        changes.append(SettingsChange(.added, part))
        continue
      }
      if !kept.contains(place) {
        changes.append(SettingsChange(moved: part, from: place + 1, to: index + 1))
      }
      for member in part.members where old[place][member.name] != member.value {
        changes.append(SettingsChange(changed: part, member: member.name, old[place][member.name]))
      }
    }
    let identities = Set(new.map(\.identity))
    return changes
      + old.filter { !identities.contains($0.identity) }.map { SettingsChange(.removed, $0) }
  }

  /// The most places that can stay where they are; all others have moved.
  private static func longestRise(_ places: [Int]) -> Set<Int> {
    var best: [[Int]] = []
    for place in places {
      let longest = best.filter { ($0.last ?? -1) < place }.max { $0.count < $1.count } ?? []
      best.append(longest + [place])
    }
    return Set(best.max { $0.count < $1.count } ?? [])
  }
}
