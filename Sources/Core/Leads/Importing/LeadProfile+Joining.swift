private import StrictJSON

extension LeadProfile {
  /// The profile after a newer body: what the body does not mention stays, what it empties is cleared.
  ///
  /// The same as what the database makes of the two stored forms.
  package func joined(with newer: LeadProfile) -> LeadProfile {
    var members = JSON.Members(json.members ?? [])
    for member in newer.json.members ?? [] { members[member.key] = member.value }
    var custom = JSON.Members(customFields)
    for member in newer.customFields { custom[member.key] = member.value }
    return LeadProfile(json: .object(members), customFields: .object(custom))
  }
}
