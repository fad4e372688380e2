private import HTTPTypes
internal import Hummingbird
internal import SandboxLeads
internal import StrictJSON
private import Synchronization

/// What a seller does to a record at the screen.
enum ScreenAct: Sendable, Hashable {
  case win(value: String?)
  case lose(reason: String)
  case discard
  case reopen
  case move(stage: String)
  case fill(field: String, value: JSON)
  case rename(String)
  case delete
  case merge(into: String)
  case hide(Bool)

  /// Nil for an act that there is not, or without what it needs.
  init?(_ body: JSON) {
    let text = body["text"]?.string
    switch (body["act"]?.string, text) {
    case ("win", _): self = .win(value: text)
    case ("lose", let reason?): self = .lose(reason: reason)
    case ("discard", _): self = .discard
    case ("reopen", _): self = .reopen
    case ("move", let stage?): self = .move(stage: stage)
    case ("fill", let field?): self = .fill(field: field, value: body["value"] ?? .null)
    case ("rename", let name?): self = .rename(name)
    case ("delete", _): self = .delete
    case ("merge", let other?): self = .merge(into: other)
    case ("hide", _): self = .hide(true)
    case ("show", _): self = .hide(false)
    default: return nil
    }
  }
}

extension TOTVSSimulator {
  /// Stands for the screens of TOTVS CRM; not part of its API, and without a session.
  ///
  /// `POST /totvs/screen/opportunities/{id}` and `…/leads/{id}` with `{"account","act","text","value"}`;
  /// `POST /totvs/screen/leads` with `{"account","name","email"}`; `GET /totvs/screen/leads?account=`,
  /// `…/opportunities`, `…/pipelines` and `…/stages` show everything.
  func addScreenRoutes(to group: RouterGroup<SandboxContext>) {
    for table in [TenantTable.leads, .opportunities, .pipelines, .stages] {
      group.get("screen/\(table.rawValue)") { request, _ in
        let tenant = try self.tenant(named: request.query("account"))
        let rows = tenant.state.withLock { $0.records[table] ?? [] }
        return Response.json(.array(rows.map(\.json)))
      }
    }
    for table in [TenantTable.leads, .opportunities] {
      group.post("screen/\(table.rawValue)/:id") { request, context in
        let body = try await request.json()
        let tenant = try self.tenant(named: body["account"]?.string)
        guard let act = ScreenAct(body) else {
          throw TenantErrors.refusal(.badRequest, "invalidAct", "There is no such act.")
        }
        let id = context.parameters.get("id") ?? ""
        return Response.json(try self.act(act, on: id, of: table, in: tenant).record)
      }
    }
    group.post("screen/leads") { request, _ in
      let body = try await request.json()
      let tenant = try self.tenant(named: body["account"]?.string)
      let lead = self.enterLead(body["name"]?.string, email: body["email"]?.string, in: tenant)
      return Response.json(lead.record, status: .created)
    }
  }

  func tenant(named name: String?) throws(Refusal) -> Tenant {
    guard let tenant = self.tenant(name ?? "") else {
      throw TenantErrors.refusal(.badRequest, "tenantNotFound", "There is no such tenant.")
    }
    return tenant
  }

  /// A person enters somebody.
  @discardableResult
  func enterLead(_ name: String?, email: String?, in tenant: Tenant) -> TenantChange {
    let time = now()
    let change = tenant.state.withLock { state in
      var members = JSON.Members()
      members["name"] = .string(name ?? email ?? "Lead")
      members["emails"] = email.map { [["email": .string($0)]] as JSON }
      let record = state.insert(members, into: .leads, at: time)
      return TenantChange(table: .leads, record: record.json, names: ["name"], isNew: true)
    }
    tell(change, in: tenant)
    return change
  }

  /// A person does it; workflows tell of it.
  @discardableResult
  func act(_ act: ScreenAct, on id: String, of table: TenantTable, in tenant: Tenant)
    throws(Refusal) -> TenantChange
  {
    let change = tenant.state.withLock { $0.act(act, on: id, of: table) }
    guard let change else { throw TenantErrors.notFound }
    tell(change, in: tenant)
    return change
  }
}

extension TenantState {
  /// Nil for a record that there is not.
  fileprivate mutating func act(_ act: ScreenAct, on id: String, of table: TenantTable)
    -> TenantChange?
  {
    switch act {
    case .delete, .merge:
      guard let record = self[table, id] else { return nil }
      if case .merge(let other) = act { merge(record, into: other, of: table) }
      remove(table) { $0.id == id }
      // No trigger tells of a record that is gone.
      return TenantChange(table: table, record: record.json, names: [])
    case .hide(let isHidden):
      hide(table, id, isHidden)
      return update(table, id) { _ in }
    default:
      let reasons = records[.lossReasons] ?? []
      let stages = records[.stages] ?? []
      return update(table, id) { $0.change(by: act, reasons: reasons, stages: stages) }
    }
  }

  /// The other has the addresses of both from then on.
  private mutating func merge(_ record: TenantRecord, into other: String, of table: TenantTable) {
    _ = update(table, other) { members in
      let own = members["emails"]?.array ?? []
      members["emails"] = .array(own + (record.members["emails"]?.array ?? []))
    }
    for opportunity in records[.opportunities] ?? []
    where opportunity.members["leadId"]?.string == record.id {
      _ = update(.opportunities, opportunity.id) { $0["leadId"] = .string(other) }
    }
  }
}

extension JSON.Members {
  fileprivate mutating func change(
    by act: ScreenAct,
    reasons: [TenantRecord],
    stages: [TenantRecord]
  ) {
    switch act {
    case .win(let value):
      self["status"] = "WON"
      self["lossReason"] = .null
      if let value { self["value"] = .number(value) }
    case .lose(let text):
      self["status"] = "LOST"
      let reason = reasons.first { $0.members["description"]?.string == text }
      self["lossReason"] = [
        "id": .string(reason?.id ?? "00000000-0000-4000-8000-000000000000"),
        "description": .string(text),
      ]
    case .discard: self["status"] = "DISCARDED"
    case .reopen:
      self["status"] = "PROGRESS"
      self["lossReason"] = .null
    case .move(let text):
      let stage = stages.first { $0.members["description"]?.string == text }
      self["stageId"] = stage.map { JSON.string($0.id) } ?? self["stageId"]
      self["pipelineId"] = stage?.members["pipelineId"] ?? self["pipelineId"]
    case .fill(let field, let value):
      merge(["customFields": .object(.init([.init(key: field, value: value)]))])
    case .rename(let name):
      self[self["name"] == nil ? "description" : "name"] = .string(name)
    case .delete, .merge, .hide: break
    }
  }
}
