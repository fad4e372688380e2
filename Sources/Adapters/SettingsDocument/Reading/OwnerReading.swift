import Leads

/// Reads who gets a record, against the people whom the CRM knows.
struct OwnerReading {
  let crm: CatalogueReading

  /// Who may be chosen at one place, besides everyone, administrators, users and teams.
  struct Offer {
    /// Nil offers the lead's owner; else why it is not offered.
    var leadOwnerRefusal: String?
    /// Nil offers the contact's owner; else why it is not offered.
    var contactOwnerRefusal: String?
  }

  /// Nil when it is no owner, which is reported.
  func owner(in field: Field, _ offer: Offer) -> Trigger.Owner? {
    if field.isMapping { return named(in: field) }
    guard let text = field.text() else { return nil }
    let users = crm.catalogue.users
    switch text {
    case "everyone":
      if crm.knowsNames, users.isEmpty {
        field.problem("crm.users names nobody who could be drawn")
      }
      return .everyone
    case "administrators":
      if crm.knowsNames, !users.contains(where: \.isAdministrator) {
        field.problem(
          crm.references == nil
            ? "no user of crm.users has administrator: true" : "the CRM shows no administrator"
        )
      }
      return .administrators
    case "lead_owner":
      if let refusal = offer.leadOwnerRefusal { field.problem(refusal) }
      return .leadOwner
    case "contact_owner":
      if let refusal = offer.contactOwnerRefusal { field.problem(refusal) }
      return .contactOwner
    default:
      let words = ["everyone", "administrators", "lead_owner", "contact_owner"]
      field.problem(
        "there is no owner “\(text)”"
          + NearestNames.hint(for: text, among: words, listing: "there are")
          + ", or { user: … } or { team: … }"
      )
      return nil
    }
  }

  private func named(in field: Field) -> Trigger.Owner? {
    let section = Section(field, .namedOwner)
    let (user, team) = (section["user"], section["team"])
    if user.isFilled == team.isFilled {
      field.problem("must be one of { user: … } and { team: … }")
      return nil
    }
    if let email = user.text() { return crm.known(email, at: user).map { .user($0) } }
    guard let name = team.text() else { return nil }
    let names = crm.catalogue.teams.map(\.name)
    if !crm.knowsNames || names.contains(name) {
      if crm.knowsNames, crm.members(of: name).isEmpty {
        team.problem(
          "the CRM does not tell who is in “\(name)”; list them, crm.teams: { \(name): […] }"
        )
      }
      return .team(name)
    }
    team.problem("there is no team “\(name)”", near: name, among: names)
    return nil
  }
}
