private import StrictJSON

extension LeadProfile {
  /// Takes what was sent empty as not sent.
  mutating func clearNothing() {
    cleared = []
    customFields.removeAll { $0.value.isCleared }
  }

  /// The profile after a newer body: what the body does not mention stays, what it empties is cleared.
  ///
  /// The same as what the database makes of the two stored forms.
  package func joined(with newer: LeadProfile) -> LeadProfile {
    var members = JSON.Members(json.members ?? [])
    for member in newer.json.members ?? [] { members[member.key] = member.value }
    let replaced = Set(namesReplaced(by: newer))
    var custom = JSON.Members(customFields.filter { !replaced.contains($0.key) })
    for member in newer.customFields { custom[member.key] = member.value }
    return LeadProfile(json: .object(members), customFields: .object(custom))
  }
}
