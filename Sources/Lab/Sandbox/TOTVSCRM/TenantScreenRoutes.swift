private import HTTPTypes
internal import Hummingbird
private import SandboxLeads
internal import StrictJSON
private import Synchronization

extension TOTVSSimulator {
  /// What an administrator sets up; not part of TOTVS CRM's API, and without a session.
  ///
  /// `POST /totvs/screen/workflows` with `{"account","object","trigger","url"}`, `GET` and `DELETE` with
  /// `?account=`; `POST /totvs/screen/tenant` with `{"account"}` and any of `remove_user`, `strip_user`,
  /// `require_field`, `remove_field`, `remove_option` (`[field, option]`), `remove_row` (`[table,
  /// description]`), `password`.
  func addTenantScreenRoutes(to group: RouterGroup<SandboxContext>) {
    group.get("screen/workflows") { request, _ in
      let tenant = try self.tenant(named: request.query("account"))
      return Response.json(.array(tenant.state.withLock { $0.workflows.map(\.json) }))
    }
    group.delete("screen/workflows") { request, _ in
      let tenant = try self.tenant(named: request.query("account"))
      tenant.state.withLock { $0.workflows = [] }
      return Response(status: .noContent)
    }
    group.post("screen/workflows") { request, _ in
      let body = try await request.json()
      let tenant = try self.tenant(named: body["account"]?.string)
      guard let url = body["url"]?.string,
        let trigger = body["trigger"]?.string.flatMap(TenantWorkflow.Trigger.init(rawValue:)),
        let table = TenantTable(rawValue: body["object"]?.string ?? "opportunities")
      else { throw TenantErrors.refusal(.badRequest, "invalidWorkflow", "A member is missing.") }
      let workflow = tenant.state.withLock { state in
        let workflow = TenantWorkflow(
          id: state.generator.uuid(),
          table: table,
          trigger: trigger,
          url: url
        )
        state.workflows.append(workflow)
        return workflow
      }
      return Response.json(workflow.json, status: .created)
    }
    group.post("screen/tenant") { request, _ in
      let body = try await request.json()
      let tenant = try self.tenant(named: body["account"]?.string)
      for member in body.members ?? [] where member.key != "account" {
        let isDone = tenant.state.withLock { $0.setUp(member.key, member.value) }
        guard isDone else {
          throw TenantErrors.refusal(.badRequest, "invalidAct", "There is no such act.")
        }
      }
      return Response(status: .noContent)
    }
  }
}

extension TenantState {
  /// False for an act that there is not, or that names what there is not.
  mutating func setUp(_ act: String, _ value: JSON) -> Bool {
    let text = value.string ?? value.array?.first?.string ?? ""
    let second = value.array?.last?.string ?? ""
    switch act {
    case "remove_user": return change(.users, "email", text) { $0["active"] = false }
    case "strip_user": return change(.users, "email", text) { $0["roles"] = [] }
    case "require_field": return changeField(text) { $0["required"] = true }
    case "remove_option":
      return changeField(text) { members in
        members["options"] = .array(
          (members["options"]?.array ?? []).filter { $0.string != second }
        )
      }
    case "remove_field":
      for table in [TenantTable.leadFields, .opportunityFields] {
        remove(table) { $0.members["name"]?.string == text }
      }
      return true
    case "remove_row":
      guard let table = TenantTable(rawValue: text) else { return false }
      remove(table) { $0.members["description"]?.string == second }
      return true
    case "password":
      login.password = text
      login.endAll()
      return true
    default: return false
    }
  }

  private mutating func changeField(_ name: String, _ body: (inout JSON.Members) -> Void) -> Bool {
    let inLeads = change(.leadFields, "name", name, body)
    return change(.opportunityFields, "name", name, body) || inLeads
  }

  private mutating func change(
    _ table: TenantTable,
    _ member: String,
    _ text: String,
    _ body: (inout JSON.Members) -> Void
  ) -> Bool {
    let record = records[table]?.first { $0.members[member]?.string == text }
    return record.flatMap { update(table, $0.id, body) } != nil
  }
}
