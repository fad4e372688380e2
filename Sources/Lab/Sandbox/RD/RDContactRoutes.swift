private import HTTPTypes
internal import Hummingbird
private import SandboxLeads
private import StrictJSON
private import Synchronization

extension RDSimulator {
  func addContactRoutes(to group: RouterGroup<SandboxContext>) {
    group.get("platform/contacts/:id") { request, context in
      let call = try RDCall(request, self, quota: .contacts)
      let json = call.account.state.withLock { state in
        state.uuid(of: context.contact).flatMap { state[uuid: $0]?.json }
      }
      guard let json else { throw RDErrors.leadNotFound }
      return Response.json(json)
    }
    group.post("platform/contacts") { request, _ in
      let call = try RDCall(request, self, quota: .contacts)
      return try self.create(try await request.json(), call)
    }
    group.patch("platform/contacts/:id") { request, context in
      let call = try RDCall(request, self, quota: .contacts)
      return try self.patch(context.contact, try await request.json(), call)
    }
    group.delete("platform/contacts/:id") { request, context in
      let call = try RDCall(request, self, quota: .contacts)
      let uuid = call.account.state.withLock { state in
        let uuid = state.uuid(of: context.contact)
        if let uuid { state[uuid: uuid] = nil }
        return uuid
      }
      guard let uuid else { throw RDErrors.leadNotFound }
      self.record("contact", account: call.account, contact: uuid, status: "deleted")
      return Response(status: .noContent)
    }
  }

  private func create(_ body: JSON, _ call: RDCall) throws -> Response {
    guard let email = body["email"]?.string, !email.isEmpty else {
      throw RDErrors.field("email", "CANNOT_BE_NULL", "email cannot be null.")
    }
    let json = try call.account.state.withLock { state in
      if state.uuid(email: email) != nil { throw Self.emailInUse }
      try RDContactBody.check(body, fields: state.fields)
      var record = state.create(email: email, at: call.now)
      RDContactBody.apply(body, to: &record, fields: state.fields)
      state[uuid: record.facts.uuid] = record
      return record.json
    }
    record(
      "contact",
      account: call.account,
      contact: json["uuid"]?.string,
      value: Self.names(body),
      status: "created"
    )
    return .json(json)
  }

  /// An upsert by address; by uuid an unknown contact is 404.
  private func patch(
    _ identifier: RDIdentifier,
    _ body: JSON,
    _ call: RDCall
  ) throws -> Response {
    if body[identifier.member] != nil {
      throw RDErrors.plain(
        .badRequest,
        "CONFLICTING_FIELD",
        "The payload contains an attribute that was used to identify the lead."
      )
    }
    let (json, isNew) = try call.account.state.withLock { state in
      try RDContactBody.check(body, fields: state.fields)
      let known = state.uuid(of: identifier)
      if let email = body["email"]?.string, let other = state.uuid(email: email), other != known {
        throw Self.emailInUse
      }
      if let known {
        try state.countContact(.patch, uuid: known, rd: call.settings, now: call.now)
      }
      var record: RDContactRecord
      switch (known.flatMap { state[uuid: $0] }, identifier) {
      case (let existing?, _): record = existing
      case (nil, .email(let email)): record = state.create(email: email, at: call.now)
      case (nil, .uuid): throw RDErrors.leadNotFound
      }
      RDContactBody.apply(body, to: &record, fields: state.fields)
      state[uuid: record.facts.uuid] = record
      return (record.json, known == nil)
    }
    let uuid = json["uuid"]?.string
    if isNew || body.members?.contains(where: { $0.key != "tags" }) == true {
      record(
        "contact",
        account: call.account,
        contact: uuid,
        value: Self.names(body),
        status: isNew ? "created" : "updated"
      )
    }
    if let tags = body["tags"] {
      record("tags", account: call.account, contact: uuid, value: tags, status: "replaced")
    }
    return .json(json)
  }

  private static let emailInUse = RDErrors.plain(
    .badRequest,
    "EMAIL_ALREADY_IN_USE",
    "email already in use"
  )

  /// The names of the fields: the ledger needs no personal data.
  private static func names(_ body: JSON) -> JSON {
    .array((body.members ?? []).map { .string($0.key) })
  }
}
