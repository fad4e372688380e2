internal import StrictJSON

/// What a person does at a screen of RD Station CRM.
enum RDCRMAct: Sendable, Hashable {
  case win(deal: String, value: String?)
  case lose(deal: String, reason: String)
  /// The screen can, whatever the API does.
  case reopen(deal: String)
  case move(deal: String, stage: String)
  case tag(deal: String, tags: [String])
  case rename(deal: String, name: String)
  case deleteDeal(String)
  case addContact(name: String, email: String?, phone: String?)
  case deleteContact(String)
  /// The first one goes into the second, with its deals, addresses and numbers.
  case mergeContacts(String, into: String)
  case addOrganization(name: String)
  case deleteOrganization(String)
  case deactivate(user: String)
  case removeOption(String, field: String)
  case require(field: String, stage: String?)
  case removeField(String)

  /// Nil for an act that nobody knows, or one that lacks a member.
  init?(_ json: JSON) {
    func text(_ name: String) -> String? { json[name]?.string }
    switch (text("act"), text("deal"), text("contact"), text("field")) {
    case ("win"?, let deal?, _, _): self = .win(deal: deal, value: text("value"))
    case ("lose"?, let deal?, _, _): self = .lose(deal: deal, reason: text("reason") ?? "Preço")
    case ("reopen"?, let deal?, _, _): self = .reopen(deal: deal)
    case ("move"?, let deal?, _, _): self = .move(deal: deal, stage: text("stage") ?? "Proposta")
    case ("tag"?, let deal?, _, _):
      self = .tag(deal: deal, tags: json["tags"]?.array?.compactMap(\.string) ?? [])
    case ("rename"?, let deal?, _, _): self = .rename(deal: deal, name: text("name") ?? "Sem nome")
    case ("delete"?, let deal?, _, _): self = .deleteDeal(deal)
    case ("add"?, _, nil, _):
      if let name = text("organization") {
        self = .addOrganization(name: name)
      } else {
        self = .addContact(
          name: text("name") ?? "Sem nome",
          email: text("email"),
          phone: text("phone")
        )
      }
    case ("merge"?, _, let contact?, _):
      guard let into = text("into") else { return nil }
      self = .mergeContacts(contact, into: into)
    case ("delete"?, _, let contact?, _): self = .deleteContact(contact)
    case ("delete"?, _, _, _):
      guard let id = text("organization") else { return nil }
      self = .deleteOrganization(id)
    case ("deactivate"?, _, _, _):
      guard let user = text("user") else { return nil }
      self = .deactivate(user: user)
    case ("remove_option"?, _, _, let field?):
      guard let option = text("option") else { return nil }
      self = .removeOption(option, field: field)
    case ("require"?, _, _, let field?): self = .require(field: field, stage: text("stage"))
    case ("remove"?, _, _, let field?): self = .removeField(field)
    default: return nil
    }
  }
}
