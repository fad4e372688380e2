/// The people among whom an owner is drawn.
package struct OwnerGroup: Sendable, Hashable {
  /// The name of the rotation's stored cursor, such as `team:inbound-sp`.
  package var name: String
  package let members: [String]
  /// Why this is another group than the settings name; nil when it is theirs.
  package let warning: String?

  /// `contactOwner`: who owns the contact; nil when nobody does yet.
  package init(
    _ owner: Trigger.Owner,
    leadOwner: String?,
    contactOwner: String?,
    catalogue: CRMCatalogue
  ) {
    switch owner {
    case .everyone: self.init(everyoneOf: catalogue, warning: nil)
    case .administrators:
      self.init(
        name: "administrators",
        members: catalogue.users.filter(\.isAdministrator).map(\.email),
        warning: nil
      )
    case .user(let email): self.init(only: email, warning: nil)
    case .team(let team):
      self.init(
        name: "team:\(team)",
        members: catalogue.teams.first { $0.name == team }?.members ?? [],
        warning: nil
      )
    case .leadOwner:
      self.init(
        oneOf: catalogue,
        leadOwner,
        orElse: leadOwner == nil
          ? "the lead has no owner at RD Station" : "the lead's owner is no user of the CRM"
      )
    case .contactOwner:
      self.init(oneOf: catalogue, contactOwner, orElse: "the contact has no owner")
    }
  }

  private init(name: String, members: [String], warning: String?) {
    self.name = name
    self.members = members
    self.warning = warning
  }

  private init(only email: String, warning: String?) {
    self.init(name: "user:\(email)", members: [email], warning: warning)
  }

  private init(everyoneOf catalogue: CRMCatalogue, warning: String?) {
    self.init(name: "everyone", members: catalogue.users.map(\.email), warning: warning)
  }

  /// A person whom the CRM knows; else the default user where one is named (B079), else everyone
  /// (R09).
  private init(oneOf catalogue: CRMCatalogue, _ wanted: String?, orElse why: String) {
    let wanted = wanted?.lowercased()
    if let known = catalogue.users.first(where: { $0.email.lowercased() == wanted }) {
      self.init(only: known.email, warning: nil)
    } else if let fallback = catalogue.defaultUser {
      self.init(only: fallback, warning: "\(why), so the default user gets it")
    } else {
      self.init(everyoneOf: catalogue, warning: "\(why), so everyone takes turns")
    }
  }
}
