private import Workers

extension Trigger {
  /// Whether an event starts this trigger; identifiers are compared trimmed and without case.
  package func matches(_ kind: LeadEvent.Kind, identifier: String?) -> Bool {
    switch when {
    case .opportunityMark: kind == .opportunityMark
    case .anyConversion: kind == .conversion
    case .conversion(let wanted):
      kind == .conversion
        && wanted.trimmed.lowercased() == identifier?.trimmed.lowercased()
    }
  }

  /// The trigger as a person would name it.
  package var words: String {
    switch when {
    case .opportunityMark: "opportunity mark"
    case .anyConversion: "any conversion"
    case .conversion(let identifier): "conversion “\(identifier)”"
    }
  }
}

extension Settings {
  /// The first trigger in order of priority that the event starts (B037), with its place from 1.
  package func trigger(for kind: LeadEvent.Kind, identifier: String?) -> (
    place: Int, trigger: Trigger
  )? {
    for (index, trigger) in triggers.enumerated()
    where trigger.matches(kind, identifier: identifier) {
      return (index + 1, trigger)
    }
    return nil
  }
}

/// The people among whom a trigger's owner is drawn.
package struct OwnerGroup: Sendable, Hashable {
  /// The name of the rotation's stored cursor, such as `team:inbound-sp`.
  package let name: String
  package let members: [String]

  package init(_ owner: Trigger.Owner, leadOwner: String?, catalogue: CRMCatalogue) {
    let group: (name: String, members: [String])
    switch owner {
    case .everyone:
      group = Self.everyone(catalogue)
    case .administrators:
      group = ("administrators", catalogue.users.filter(\.isAdministrator).map(\.email))
    case .user(let email):
      group = Self.one(email)
    case .team(let team):
      group = ("team:\(team)", catalogue.teams.first { $0.name == team }?.members ?? [])
    case .leadOwner:
      let known = catalogue.users.first { $0.email.lowercased() == leadOwner?.lowercased() }
      // B079: the default user where one is named, else everyone (R09).
      group =
        (known?.email ?? catalogue.defaultUser).map(Self.one) ?? Self.everyone(catalogue)
    }
    name = group.name
    members = group.members
  }

  private static func everyone(_ catalogue: CRMCatalogue) -> (name: String, members: [String]) {
    ("everyone", catalogue.users.map(\.email))
  }

  private static func one(_ email: String) -> (name: String, members: [String]) {
    ("user:\(email)", [email])
  }
}
