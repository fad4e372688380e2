internal import HTTPTypes
internal import Hummingbird
internal import SandboxLeads
internal import StrictJSON

extension RDCRMSimulator {
  /// Organizations of v1 (reference 4); a name stands once.
  func addOrganizationRoutes(to group: RouterGroup<SandboxContext>) {
    group.get("organizations") { request, context in
      let call = try RDCRMCall(request, context, self)
      let text = request.query("q").map { $0.lowercased() }
      let list = call.read { books in
        books.organizations.values
          .filter { $0.createdAt <= call.shownUntil && books.sees(call.user, $0.userID) }
          .filter { one in text.map { one.name.lowercased().contains($0) } ?? true }
          .sorted { ($0.name, $0.id) < ($1.name, $1.id) }.map { books.listed($0) }
      }
      return Response.json(call.page(list, request, as: "organizations"))
    }
    group.get("organizations/:id") { request, context in
      let call = try RDCRMCall(request, context, self)
      let organization = try call.organization(context)
      return Response.json(call.read { $0.whole(organization) })
    }
    group.get("organizations/:id/contacts") { request, context in
      let call = try RDCRMCall(request, context, self)
      let organization = try call.organization(context)
      let list = call.read { books in
        books.contacts.values.filter { $0.organizationID == organization.id }
          .sorted { $0.name < $1.name }.map { books.listed($0) }
      }
      return Response.json(call.page(list, request, as: "contacts"))
    }
    group.post("organizations") { request, context in
      let call = try RDCRMCall(request, context, self)
      let body = try await request.json()
      let made = try call.write { try call.organization(body, in: &$0) }
      self.record("organization.create", call.account, identifier: made.id, marker: made.name)
      self.tell(.created, of: made, in: call.account)
      return Response.json(call.read { $0.whole(made) })
    }
    group.put("organizations/:id") { request, context in
      let call = try RDCRMCall(request, context, self)
      let body = try await request.json()
      let old = try call.organization(context)
      let changed = try call.write { try call.organization(body, instead: old, in: &$0) }
      self.record("organization.update", call.account, identifier: changed.id)
      self.tell(.updated, of: changed, in: call.account)
      return Response.json(call.read { $0.whole(changed) })
    }
  }
}

extension RDCRMCall {
  func organization(_ context: SandboxContext) throws -> RDCRMOrganization {
    let id = context.parameters.get("id") ?? ""
    let found = read { books in
      books.organizations[id].flatMap { books.sees(user, $0.userID) ? $0 : nil }
    }
    guard let found else { throw RDCRMErrors.notFound }
    return found
  }

  /// Makes one, or changes the one that is there, as the body says.
  func organization(
    _ body: JSON,
    instead old: RDCRMOrganization? = nil,
    in books: inout RDCRMBooks
  ) throws -> RDCRMOrganization {
    try body.onlyMembers(["organization", "token"])
    let sent = body["organization"] ?? [:]
    try sent.onlyMembers([
      "name", "url", "resume", "address", "organization_segments", "user_id",
      "organization_custom_fields",
    ])
    guard let name = try sent.text("name") ?? old?.name else {
      throw RDCRMErrors.field("name", "não pode ficar em branco")
    }
    let isTaken = books.organizations.values.contains { $0.name == name && $0.id != old?.id }
    if isTaken, settings.flag("organization_name_unique") {
      throw RDCRMErrors.field("name", "Nome Empresa já cadastrada.")
    }
    let at = books.tick(now)
    var made =
      old
      ?? RDCRMOrganization(
        id: books.newID(),
        name: name,
        userID: user.id,
        createdAt: at,
        updatedAt: at
      )
    made.name = name
    if let url = try sent.text("url") { made.url = url }
    if let resume = try sent.text("resume") { made.resume = resume }
    if let address = try sent.text("address") { made.address = address }
    if let id = sent["user_id"]?.string {
      guard books.user(id) != nil else { throw RDCRMErrors.notFound }
      made.userID = id
    }
    if let segments = sent["organization_segments"]?.array?.compactMap(\.string) {
      let known = Set(books.organizations.values.flatMap(\.segments))
      if books.plan == "free", known.union(segments).count > 50 {
        throw RDCRMErrors.plan("segments", status: settings.number("plan_limit_status"))
      }
      made.segments = segments
    }
    made.fields = try books.merged(
      sent["organization_custom_fields"],
      into: made.fields,
      of: "organization",
      record: made.id
    )
    try books.checkRequired(made.fields, of: "organization", at: nil)
    if made != old { made.updatedAt = at }
    books.organizations[made.id] = made
    return made
  }
}

extension RDCRMBooks {
  func listed(_ organization: RDCRMOrganization) -> JSON {
    let own = deals.values.filter { $0.organizationID == organization.id }
    var members = common(organization)
    members["id"] = .string(organization.id)
    members["custom_fields"] = customFields(organization.fields, at: organization.updatedAt)
    members["won_count"] = .number(own.count { $0.status == "won" })
    members["lost_count"] = .number(own.count { $0.status == "lost" })
    members["opened_count"] = .number(own.count { $0.status == "ongoing" })
    members["paused_count"] = .number(own.count { $0.status == "paused" })
    return .object(members)
  }

  /// By its id: only `_id`.
  func whole(_ organization: RDCRMOrganization) -> JSON {
    var members = common(organization)
    members["organization_custom_fields"] = customFields(
      organization.fields,
      at: organization.updatedAt
    )
    members["user_id"] = .string(organization.userID)
    members["contacts"] = .array(
      contacts.values.filter { $0.organizationID == organization.id }
        .sorted { $0.name < $1.name }.map { whole($0) }
    )
    return .object(members)
  }

  private func common(_ organization: RDCRMOrganization) -> JSON.Members {
    var members = JSON.Members()
    members["_id"] = .string(organization.id)
    members["name"] = .string(organization.name)
    members["url"] = .optional(organization.url)
    members["resume"] = .optional(organization.resume)
    members["address"] = .optional(organization.address)
    members["organization_segments"] = .array(organization.segments.map { ["name": .string($0)] })
    members["user"] = user(organization.userID)?.json ?? [:]
    members["created_at"] = .string(organization.createdAt.brasilia)
    members["updated_at"] = .string(organization.updatedAt.brasilia)
    return members
  }
}
