internal import Hummingbird
internal import StrictJSON
private import Synchronization

extension DataCRMSimulator {
  /// What an administrator changes, each with the `account`.
  ///
  /// `POST /datacrm/studio/fields` with `{module,name}` and `label`, `type`, `options` for a new one, or
  /// `required` or `removed` for one that is there; `POST /datacrm/studio/options` with
  /// `{module,field,option}`, and `removed`; `POST /datacrm/studio/users` with `{user}` and `active`
  /// or `access_key`; `POST /datacrm/studio/lockout`: all keys change and all sessions end, now or after so many
  /// `after_creates`.
  func addStudioRoutes(to group: RouterGroup<SandboxContext>) {
    group.post("studio/fields") { request, _ in
      let body = try await request.json()
      guard let module = body["module"]?.string, let name = body["name"]?.string else {
        throw Self.expected("account, module, name")
      }
      try self.change(body, module) { $0.change(name, body) }
      return Response(status: .noContent)
    }
    group.post("studio/options") { request, _ in
      let body = try await request.json()
      guard let module = body["module"]?.string, let name = body["field"]?.string,
        let option = body["option"]?.string
      else { throw Self.expected("account, module, field, option") }
      try self.change(body, module) { module in
        guard let place = module.fields.firstIndex(where: { $0.name == name }) else { return }
        module.fields[place].options.removeAll { $0 == option }
        if body["removed"]?.bool != true { module.fields[place].options.append(option) }
      }
      return Response(status: .noContent)
    }
    group.post("studio/users") { request, _ in
      let body = try await request.json()
      try Self.account(body, self).state.withLock { state in
        guard let place = state.users.firstIndex(where: { $0.name == body["user"]?.string }) else {
          return
        }
        if let isActive = body["active"]?.bool { state.users[place].isActive = isActive }
        if let key = body["access_key"]?.string { state.users[place].accessKey = key }
      }
      return Response(status: .noContent)
    }
    group.post("studio/lockout") { request, _ in
      let body = try await request.json()
      try Self.account(body, self).state.withLock { state in
        state.createsBeforeLockout = body["after_creates"]?.int
        if state.createsBeforeLockout == nil { state.lockOut() }
      }
      return Response(status: .noContent)
    }
  }

  private func change(_ body: JSON, _ name: String, _ change: (inout DataCRMModule) -> Void) throws
  {
    try Self.account(body, self).state.withLock { state throws(Refusal) in
      guard var module = state.modules[name] else { throw DataCRMErrors.unknownModule }
      change(&module)
      state.modules[name] = module
    }
  }
}

extension DataCRMModule {
  fileprivate mutating func change(_ name: String, _ body: JSON) {
    guard let place = fields.firstIndex(where: { $0.name == name }) else {
      fields.append(
        DataCRMField(
          name: name,
          label: body["label"]?.string ?? name,
          type: body["type"]?.string ?? "string",
          isRequired: body["required"]?.bool ?? false,
          options: body["options"]?.array?.compactMap(\.string) ?? []
        )
      )
      return
    }
    if body["removed"]?.bool == true {
      fields.remove(at: place)
    } else if let isRequired = body["required"]?.bool {
      fields[place].isRequired = isRequired
    }
  }
}
