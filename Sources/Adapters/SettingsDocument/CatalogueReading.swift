import Leads

/// Reads `crm:`, the system that opportunities go to and what it offers.
struct CatalogueReading {
  private(set) var kind = CRMKind.embedded
  private(set) var catalogue = CRMCatalogue()

  init(_ field: Field) {
    guard field.isFilled else {
      field.problem(
        "is missing; the smallest is crm: { kind: embedded, users: […], pipelines: {…} }"
      )
      return
    }
    let section = Section(field, keys: ["kind", "users", "teams", "pipelines", "default_user"])
    readKind(section["kind"])
    readUsers(section["users"])
    readTeams(section["teams"])
    readPipelines(section["pipelines"])
    if let user = section["default_user"].text() {
      catalogue.defaultUser = known(user, at: section["default_user"])
    }
  }

  /// The user as the catalogue names them; reports one that it does not hold.
  func known(_ user: String, at field: Field) -> String? {
    let emails = catalogue.users.map(\.email)
    if emails.contains(user) { return user }
    field.problem(
      "there is no user “\(user)”"
        + NearestNames.hint(for: user, among: emails, listing: "there are")
    )
    return nil
  }

  private mutating func readKind(_ field: Field) {
    guard let text = field.requiredText() else { return }
    guard let kind = CRMKind(rawValue: text) else {
      let kinds = ["embedded", "rd_station_crm", "totvs", "datacrm"]
      let near = NearestNames.closest(to: text, among: kinds)
      let guess = near.first.map { "; did you mean “\($0)”?" } ?? ""
      field.problem("there is no CRM “\(text)”; there are \(kinds.joined(separator: ", "))\(guess)")
      return
    }
    if kind != .embedded {
      field.problem("the CRM “\(text)” comes with a later version; this one has embedded")
    }
    self.kind = kind
  }

  private mutating func readUsers(_ field: Field) {
    for item in field.items() {
      guard let user = user(item) else { continue }
      if EmailAddress(user.email) == nil {
        item.problem("“\(user.email)” is no e-mail address")
      } else if catalogue.users.contains(where: { $0.email == user.email }) {
        item.problem("the user “\(user.email)” stands twice")
      } else {
        catalogue.users.append(user)
      }
    }
  }

  /// A bare text is a user too.
  private func user(_ item: Field) -> CRMCatalogue.User? {
    guard item.isMapping else {
      return item.requiredText().map { CRMCatalogue.User(email: $0) }
    }
    let section = Section(item, keys: ["email", "administrator"])
    let isAdministrator = section["administrator"].flag(default: false)
    return section["email"].requiredText().map {
      CRMCatalogue.User(email: $0, isAdministrator: isAdministrator)
    }
  }

  private mutating func readTeams(_ field: Field) {
    for (name, value) in field.entries() {
      let items = value.items()
      if items.isEmpty { value.problem("the team “\(name)” has no member") }
      let members = items.compactMap { item in
        item.requiredText().flatMap { known($0, at: item) }
      }
      catalogue.teams.append(CRMCatalogue.Team(name: name, members: members))
    }
  }

  private mutating func readPipelines(_ field: Field) {
    if !field.isFilled { field.problem("is missing; there must be one, such as Vendas: [Novo]") }
    for (name, value) in field.entries() {
      let stages = value.texts()
      if stages.isEmpty { value.problem("the pipeline “\(name)” has no stage") }
      catalogue.pipelines.append(CRMCatalogue.Pipeline(name: name, stages: stages))
    }
  }
}
