private import HTTPTypes
internal import Hummingbird
private import SandboxLeads
internal import StrictJSON
private import Synchronization

extension TOTVSSimulator {
  /// `GET`, `POST` and `DELETE /totvs/api/integration`.
  func addIntegrationRoutes(to group: RouterGroup<SandboxContext>) {
    group.get("api/integration") { request, context in
      let call = try IntegrationCall(request, self)
      let settings = self.settings.withLock { $0 }
      let time =
        context.searchLag == 0 ? nil : self.now().adding(milliseconds: -context.searchLag)
      let rows = try call.tenant.state.withLock { try call.meant(in: $0, notAfter: time) }
      let shown = JSON.array(rows.prefix(settings.rowsMax).map(\.json))
      guard settings.answersItems else { return Response.json(shown) }
      return Response.json(["items": shown, "hasNext": .bool(rows.count > settings.rowsMax)])
    }
    group.post("api/integration") { request, _ in
      let call = try IntegrationCall(request, self)
      let change = try self.carryOut(call, try await request.json())
      self.tell(change, in: call.tenant)
      let answersCreated = self.settings.withLock { $0.answersCreated }
      return Response.json(
        ["id": change.record["id"] ?? .null],
        status: change.isNew && answersCreated ? .created : .ok
      )
    }
    group.delete("api/integration") { request, _ in
      let call = try IntegrationCall(request, self)
      let change = try self.delete(call)
      self.record(change, "deleted", in: call.tenant)
      return Response(status: .ok)
    }
  }

  private func carryOut(_ call: IntegrationCall, _ body: JSON) throws(Refusal) -> TenantChange {
    let time = now()
    let result = call.tenant.state.withLock { state in
      Result { () throws(Refusal) -> TenantChange in try state.carryOut(call, body, at: time) }
    }
    let change = try result.get()
    if !change.names.isEmpty {
      record(change, change.isNew ? "created" : "updated", in: call.tenant)
    }
    return change
  }

  /// A lead that an opportunity names stays: dependencies forbid it.
  private func delete(_ call: IntegrationCall) throws(Refusal) -> TenantChange {
    let result = call.tenant.state.withLock { state in
      Result { () throws(Refusal) -> TenantChange in
        guard call.table == .leads else { throw TenantErrors.header("Integration-Action") }
        guard let record = try call.meant(in: state).first else { throw TenantErrors.notFound }
        let users = state.records[.opportunities] ?? []
        guard !users.contains(where: { $0.members["leadId"]?.string == record.id }) else {
          throw TenantErrors.conflict
        }
        state.remove(.leads) { $0.id == record.id }
        return TenantChange(table: .leads, record: record.json, names: [])
      }
    }
    return try result.get()
  }
}

extension TenantState {
  fileprivate mutating func carryOut(_ call: IntegrationCall, _ body: JSON, at time: Timestamp)
    throws(Refusal) -> TenantChange
  {
    let found = call.action == .create ? [] : try call.meant(in: self)
    guard found.count <= 1 else {
      throw TenantErrors.refusal(.badRequest, "severalRecords", "The filter names several records.")
    }
    guard let record = found.first else {
      guard call.action != .update else { throw TenantErrors.notFound }
      return try create(body, in: call.table, at: time)
    }
    try TenantBody.check(body, of: call.table, isWhole: call.action == .upsert, in: self)
    // Assumed: a version that is sent must be that of the record.
    guard body["version"] == nil || body["version"] == record.members["version"] else {
      throw TenantErrors.conflict
    }
    let change = update(call.table, record.id) { members in
      if call.action == .upsert {
        // Whatever is not sent is gone.
        members = JSON.Members(members.list.filter { ["id", "code", "version"].contains($0.key) })
      }
      members.merge(body)
    }
    return change ?? TenantChange(table: call.table, record: record.json, names: [])
  }

  private mutating func create(_ body: JSON, in table: TenantTable, at time: Timestamp)
    throws(Refusal) -> TenantChange
  {
    try TenantBody.check(body, of: table, isWhole: true, in: self)
    var members = JSON.Members(body.members ?? [])
    if table == .opportunities {
      members["status"] = members["status"] ?? "PROGRESS"
      members["value"] = members["value"] ?? 0
      members["lossReason"] = members["lossReason"] ?? .null
    }
    let record = insert(members, into: table, at: time)
    return TenantChange(
      table: table,
      record: record.json,
      names: members.list.map(\.key),
      isNew: true
    )
  }
}

extension JSON.Members {
  /// Members that are sent replace those that are there; custom fields one by one.
  mutating func merge(_ body: JSON) {
    for member in body.members ?? [] where member.key != "version" {
      guard member.key == "customFields" else {
        self[member.key] = member.value
        continue
      }
      var fields = JSON.Members(self["customFields"]?.members ?? [])
      for field in member.value.members ?? [] {
        fields[field.key] = field.value == .null ? nil : field.value
      }
      self["customFields"] = .object(fields)
    }
  }
}
