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
    let places = new.enumerated().compactMap { index, part in
      earlier[part.identity].map { (old: $0, new: index) }
    }
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
  ///
  /// Of several such choices it is the one that keeps most where their number stays the same: nobody
  /// understands a move from place 2 to 2.
  private static func longestRise(_ places: [(old: Int, new: Int)]) -> Set<Int> {
    typealias Rise = (places: [Int], same: Int)
    func isShorter(_ left: Rise, _ right: Rise) -> Bool {
      (left.places.count, left.same) < (right.places.count, right.same)
    }
    var best: [Rise] = []
    for place in places {
      let longest = best.filter { ($0.places.last ?? -1) < place.old }.max(by: isShorter)
      best.append(
        (
          (longest?.places ?? []) + [place.old],
          (longest?.same ?? 0) + (place.old == place.new ? 1 : 0)
        )
      )
    }
    return Set(best.max(by: isShorter)?.places ?? [])
  }
}
