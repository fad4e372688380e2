internal import HTTPTypes
internal import SandboxLeads
internal import StrictJSON

/// What a body of POST or PUT `/deals` asks for.
struct RDCRMDealBody {
  let body: JSON
  let deal: JSON
  let call: RDCRMCall

  init(_ body: JSON, _ call: RDCRMCall) throws {
    try body.onlyMembers([
      "deal", "contacts", "set_contacts", "organization", "deal_source", "campaign",
      "deal_products", "distribution_settings", "deal_stage_id", "token",
    ])
    self.body = body
    self.call = call
    deal = body["deal"] ?? [:]
    try deal.onlyMembers([
      "name", "deal_stage_id", "user_id", "rating", "prediction_date", "deal_custom_fields",
      "hold", "win", "deal_lost_reason_id", "deal_lost_note", "organization_id",
      "deal_pipeline_id",
    ])
  }

  /// A new deal in the books.
  func created(in books: inout RDCRMBooks) throws -> RDCRMDeal {
    guard let name = try deal.text("name") else {
      throw RDCRMErrors.field("name", "não pode ficar em branco")
    }
    let at = books.tick(call.now)
    let stage = try deal["deal_stage_id"]?.string.map { id in
      guard let found = books.stage(id) else { throw RDCRMErrors.notFound }
      return found.stage
    }
    var new = RDCRMDeal(
      id: books.newID(),
      name: name,
      stageID: stage?.id ?? books.pipelines[0].stages[0].id,
      userID: try owner(in: &books),
      createdAt: at,
      updatedAt: at
    )
    try setPlain(&new, in: &books)
    if let organization = body["organization"] {
      new.organizationID = try organizationID(organization, in: &books, at: at)
    }
    for contact in body["contacts"]?.array ?? [] {
      if let known = contact.reference {
        // An id in this place is no documented way to link somebody.
        if call.settings.flag("links_contacts_by_id"), books.contacts[known] != nil {
          new.contactIDs.append(known)
        }
        continue
      }
      let made = try RDCRMContactBody(contact, call).created(in: &books)
      books.contacts[made.id] = made
      new.contactIDs.append(made.id)
    }
    for line in body["deal_products"]?.array ?? [] {
      new.lines.append(try RDCRMLine(line, in: &books))
    }
    try books.checkRequired(new.fields, of: "deal", at: new.stageID)
    books.deals[new.id] = new
    return new
  }

  /// What the body makes of a deal that is there.
  ///
  /// `deal.deal_stage_id` moves nothing: only the one at the top does.
  func change(_ old: RDCRMDeal, in books: inout RDCRMBooks) throws -> RDCRMDeal {
    var changed = old
    if let name = try deal.text("name") { changed.name = name }
    if let id = deal["user_id"]?.string {
      guard books.user(id) != nil else { throw RDCRMErrors.notFound }
      changed.userID = id
    }
    if let id = deal["organization_id"]?.string {
      guard books.organizations[id] != nil else { throw RDCRMErrors.notFound }
      changed.organizationID = id
    }
    try setPlain(&changed, in: &books)
    try setStage(&changed, in: books)
    try setStatus(&changed, in: &books)
    if call.settings.flag("required_fields_block_put") {
      try books.checkRequired(changed.fields, of: "deal", at: changed.stageID)
    }
    guard changed != old else { return old }
    changed.updatedAt = books.tick(call.now)
    books.deals[old.id] = changed
    return changed
  }

  /// What create and update read alike.
  private func setPlain(_ target: inout RDCRMDeal, in books: inout RDCRMBooks) throws {
    if let rating = deal["rating"], rating != .null {
      guard let stars = rating.int, (1...5).contains(stars) else {
        throw RDCRMErrors.field("rating", "Não está incluído na lista.")
      }
      target.rating = stars
    }
    if let date = deal["prediction_date"] {
      guard date == .null || date.string?.wholeMatch(of: /\d{4}-\d{2}-\d{2}/) != nil else {
        throw RDCRMErrors.field("prediction_date", "Não é válido.")
      }
      target.predictionDate = date.string
    }
    if let id = body["deal_source"]?.reference {
      guard books.sources.contains(where: { $0.id == id }) else { throw RDCRMErrors.notFound }
      target.sourceID = id
    }
    if let id = body["campaign"]?.reference {
      guard books.campaigns.contains(where: { $0.id == id }) else { throw RDCRMErrors.notFound }
      target.campaignID = id
    }
    target.fields = try books.merged(
      deal["deal_custom_fields"],
      into: target.fields,
      of: "deal",
      record: target.id
    )
  }

  private func setStage(_ target: inout RDCRMDeal, in books: RDCRMBooks) throws {
    guard let id = body["deal_stage_id"]?.string, id != target.stageID else { return }
    guard books.stage(id) != nil else { throw RDCRMErrors.notFound }
    if target.isClosed {
      guard try mayReopen() else { return }
    }
    target.stageID = id
  }

  private func setStatus(_ target: inout RDCRMDeal, in books: inout RDCRMBooks) throws {
    if let hold = deal["hold"] { target.isOnHold = hold.bool ?? false }
    if let id = deal["deal_lost_reason_id"]?.string {
      guard books.lostReasons.contains(where: { $0.id == id }) else { throw RDCRMErrors.notFound }
      target.lostReasonID = id
    }
    if let note = deal["deal_lost_note"]?.string { target.lostNote = note }
    guard let win = deal["win"], win.bool != target.win else { return }
    if target.isClosed {
      guard try mayReopen() else { return }
    }
    target.win = win.bool
    target.closedAt = win.bool == nil ? nil : call.now
  }

  /// Whether a closed deal may be opened or moved; where it may not, it stays as it is, by a 200.
  private func mayReopen() throws -> Bool {
    switch call.settings.word("reopen") {
    case "allowed": return true
    case "refused": throw RDCRMErrors.field("win", "Negociação já finalizada.")
    default: return false
    }
  }

  private func organizationID(
    _ organization: JSON,
    in books: inout RDCRMBooks,
    at: Timestamp
  ) throws -> String? {
    if let id = organization.reference {
      guard books.organizations[id] != nil else { throw RDCRMErrors.notFound }
      return id
    }
    guard call.settings.word("organization_by_name") == "reuse",
      let name = try organization.text("name")
    else { return nil }
    if let known = books.organizations.values.first(where: { $0.name == name }) { return known.id }
    let made = RDCRMOrganization(
      id: books.newID(),
      name: name,
      userID: call.user.id,
      createdAt: at,
      updatedAt: at
    )
    books.organizations[made.id] = made
    return made.id
  }

  /// By `user_id`, by the distribution, or the token's user.
  private func owner(in books: inout RDCRMBooks) throws -> String {
    if let id = deal["user_id"]?.string {
      guard books.user(id) != nil else { throw RDCRMErrors.notFound }
      return id
    }
    guard let rule = body["distribution_settings"]?["owner"] else { return call.user.id }
    let active = books.users.filter(\.isActive)
    let candidates: [String]
    switch rule["type"]?.string {
    case "user": candidates = [rule["id"]?.string].compactMap(\.self)
    case "team":
      guard let team = books.teams.first(where: { $0.id == rule["id"]?.string }) else {
        throw RDCRMErrors.notFound
      }
      candidates = team.userIDs
    case "all": candidates = active.map(\.id)
    case "all_users": candidates = active.filter { !$0.isAdministrator }.map(\.id)
    case "all_admins": candidates = active.filter(\.isAdministrator).map(\.id)
    case "owner": candidates = active.filter { $0.email == rule["email"]?.string }.map(\.id)
    default: throw RDCRMPage()
    }
    // Nobody of that description: assumed to be the token's user.
    return candidates.isEmpty ? call.user.id : books.generator.pick(candidates)
  }
}
