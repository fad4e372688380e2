internal import HTTPTypes
internal import Hummingbird
internal import SandboxLeads
internal import StrictJSON
private import Synchronization

/// One call of the integration endpoint: what its headers say.
struct IntegrationCall {
  enum Action: String {
    case create, update, upsert, delete
  }

  let tenant: Tenant
  let table: TenantTable
  let action: Action?
  let filter: String?

  /// - Throws: A 401 without a session, a 400 for a header that is missing, wrong or not allowed, a 404 for
  ///   a resource that there is not.
  init(_ request: Request, _ simulator: TOTVSSimulator) throws(Refusal) {
    tenant = try simulator.tenant(of: request)
    guard let service = request.headers[.service], let resource = request.headers[.resource] else {
      throw TenantErrors.header("Integration-Resource")
    }
    guard let table = TenantTable(service: service, resource: resource) else {
      throw TenantErrors.refusal(.notFound, "unknownResource", "There is no such resource.")
    }
    self.table = table
    guard let version = request.headers[.version].flatMap({ Int($0.dropFirst()) }),
      (1...table.version).contains(version)
    else { throw TenantErrors.header("Integration-Version") }
    filter = request.headers[.filter]
    guard filter?.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) != false else {
      throw TenantErrors.header("Integration-Filter")
    }
    if request.method == .get {
      action = nil
      return
    }
    guard let action = request.headers[.action].flatMap(Action.init(rawValue:)),
      (request.method == .delete) == (action == .delete), table.isWritable
    else { throw TenantErrors.header("Integration-Action") }
    guard (filter == nil) == (action == .create) else {
      throw TenantErrors.header("Integration-Filter")
    }
    self.action = action
  }

  /// The records that the integration's user sees and the filter names; what changes often begins with the
  /// newest.
  func meant(in state: TenantState, notAfter time: Timestamp? = nil) throws(Refusal)
    -> [TenantRecord]
  {
    let filter = try filter.map { text throws(Refusal) in
      try TenantFilter(text, of: table, in: state)
    }
    let records = state.records[table] ?? []
    return (table.isWritable ? records.reversed() : records).filter { record in
      !record.isHidden && filter?.meets(record.json) != false
        && time.map { record.createdAt <= $0 } != false
    }
  }
}

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

extension HTTPField.Name {
  static var action: Self { named("Integration-Action") }
  static var service: Self { named("Integration-Service") }
  static var resource: Self { named("Integration-Resource") }
  static var version: Self { named("Integration-Version") }
  static var filter: Self { named("Integration-Filter") }

  private static func named(_ text: String) -> Self {
    guard let name = Self(text) else { preconditionFailure("\(text) is no name of a header") }
    return name
  }
}
