private import StrictJSON

extension LeadProfile {
  /// The fields that a newer body changes, by RD's names of them; none when it says nothing new.
  func fields(changedBy newer: LeadProfile) -> [String] {
    let old = json
    let standard = (newer.json.members ?? []).filter { member in
      guard member.key != "uuid", member.key != "id" else { return false }
      let known = old[member.key] ?? .null
      // The two bodies write one address differently.
      if member.key == "email" {
        return known.string?.lowercased() != member.value.string?.lowercased()
      }
      return known != member.value
    }.map(\.key)
    let custom = newer.customFields.filter { member in
      switch state(of: member.key) {
      case .value(let known): known != member.value
      case .cleared, .notSent: !member.value.isCleared
      }
    }.map(\.key)
    return standard + custom
  }

  /// The stored custom fields that a newer body tells by another name, such as the visible one in
  /// place of the identifier; what the newer one says would not be found beside them.
  package func namesReplaced(by newer: LeadProfile) -> [String] {
    guard !customFields.isEmpty, !newer.customFields.isEmpty else { return [] }
    let names = Set(newer.customFields.map(\.key))
    let identifiers = Set(newer.customFields.map { RDFieldName.identifier(of: $0.key) })
    return customFields.map(\.key).filter {
      !names.contains($0) && identifiers.contains(RDFieldName.identifier(of: $0))
    }
  }
}
