internal import HTTPTypes
internal import Hummingbird
internal import SandboxLeads
internal import StrictJSON

extension RDCRMDeal {
  /// A new one, which can only be open.
  init(creating data: JSON, _ call: RDCRMCall, in books: inout RDCRMBooks) throws {
    guard let name = data["name"]?.string, name.count > 1 else {
      throw RDCRMErrors.detail(.unprocessableContent, "Name Não pode ficar em branco.")
    }
    guard (data["status"]?.string ?? "ongoing") == "ongoing" else {
      throw RDCRMErrors.detail(.unprocessableContent, "Status Não está incluído na lista.")
    }
    guard let owner = data["owner_id"]?.string else {
      throw RDCRMErrors.detail(
        .unprocessableContent,
        "User Não pode ficar sem ser preenchido."
      )
    }
    let at = books.tick(call.now)
    self.init(
      id: books.newID(),
      name: name,
      stageID: books.pipelines[0].stages[0].id,
      userID: owner,
      createdAt: at,
      updatedAt: at
    )
    try set2(data, call, in: &books)
    books.deals[id] = self
  }

  mutating func set2(_ data: JSON, _ call: RDCRMCall, in books: inout RDCRMBooks) throws {
    if let text = data["name"]?.string { name = text }
    if let stars = data["rating"]?.int {
      guard (1...5).contains(stars) else {
        throw RDCRMErrors.detail(.unprocessableContent, "Rating Não está incluído na lista.")
      }
      rating = stars
    }
    if let id = data["owner_id"]?.string {
      guard books.user(id) != nil else { throw Self.absent("Owner") }
      userID = id
    }
    if let id = data["organization_id"]?.string {
      guard books.organizations[id] != nil else { throw Self.absent("Organization") }
      organizationID = id
    }
    if let id = data["source_id"]?.string { sourceID = id }
    if let id = data["campaign_id"]?.string { campaignID = id }
    if let id = data["lost_reason_id"]?.string { lostReasonID = id }
    if let date = data["expected_close_date"] { predictionDate = date.string }
    if let list = data["contact_ids"]?.array?.compactMap(\.string) {
      guard list.allSatisfy({ books.contacts[$0] != nil }) else { throw Self.absent("Contact") }
      contactIDs = list
    }
    for (member, recurrence) in [("one_time_price", "spare"), ("recurrence_price", "monthly")] {
      guard let cents = data[member]?.money else { continue }
      lines.removeAll { $0.recurrence == recurrence }
      var line = RDCRMLine(id: books.newID(), name: "Valor")
      line.price = cents
      line.recurrence = recurrence
      if cents > 0 { lines.append(line) }
    }
    fields = try books.merged2(data["custom_fields"], into: fields, of: "deal", record: id)
    do {
      try books.checkRequired(fields, of: "deal", at: data["stage_id"]?.string ?? stageID)
    } catch is Refusal {
      throw RDCRMErrors.detail(
        .unprocessableContent,
        "Custom fields Não pode ficar sem ser preenchido."
      )
    }
    let mayReopen = call.settings.word("reopen") == "allowed"
    if let stage = data["stage_id"]?.string, stage != stageID, !isClosed || mayReopen {
      guard books.stage(stage) != nil else { throw Self.absent("Stage") }
      stageID = stage
    }
    guard let word = data["status"]?.string, word != status, !isClosed || mayReopen else { return }
    isOnHold = word == "paused"
    win = word == "won" ? true : word == "lost" ? false : nil
    closedAt = win == nil ? nil : call.now
  }

  private static func absent(_ what: String) -> Refusal {
    RDCRMErrors.detail(.notFound, "\(what) not found")
  }
}

extension RDCRMContact {
  mutating func set2(_ data: JSON, in books: inout RDCRMBooks) throws {
    if let text = data["name"]?.string { name = text }
    if let text = data["job_title"]?.string { title = text }
    if let list = data["emails"]?.array { emails = list.compactMap { $0["email"]?.string } }
    if let list = data["phones"]?.array {
      phones = try list.compactMap { phone in
        let type = phone["type"]?.string
        guard type.map(["work", "fax", "home", "mobile"].contains) ?? true else {
          throw RDCRMErrors.detail(.unprocessableContent, "Type Não está incluído na lista.")
        }
        return phone["phone"]?.string.map { Phone(number: $0, type: type) }
      }
    }
    if let id = data["organization_id"]?.string {
      guard books.organizations[id] != nil else {
        throw RDCRMErrors.detail(.notFound, "Organization not found")
      }
      organizationID = id
    }
    fields = try books.merged2(data["custom_fields"], into: fields, of: "contact", record: id)
  }
}

extension RDCRMOrganization {
  /// Makes one, or changes the one that is there.
  init(_ data: JSON, instead old: Self?, _ call: RDCRMCall, in books: inout RDCRMBooks) throws {
    guard let name = data["name"]?.string ?? old?.name, name.count > 1 else {
      throw RDCRMErrors.detail(.unprocessableContent, "Name Não pode ficar em branco.")
    }
    guard let owner = data["owner_id"]?.string ?? old?.userID, books.user(owner) != nil else {
      throw RDCRMErrors.detail(.unprocessableContent, "User Não pode ficar sem ser preenchido.")
    }
    guard !books.organizations.values.contains(where: { $0.name == name && $0.id != old?.id })
    else { throw RDCRMErrors.detail(.badRequest, "Nome Empresa já cadastrada.") }
    let at = books.tick(call.now)
    self = old ?? Self(id: books.newID(), name: name, userID: owner, createdAt: at, updatedAt: at)
    self.name = name
    userID = owner
    if let text = data["description"]?.string { resume = text }
    if let text = data["url"]?.string { url = text }
    if let line = data["address"]?["line"]?.string { address = line }
    fields = try books.merged2(data["custom_fields"], into: fields, of: "organization", record: id)
    updatedAt = at
    books.organizations[id] = self
  }
}
