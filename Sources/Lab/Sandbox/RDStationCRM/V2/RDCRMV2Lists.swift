internal import HTTPTypes
internal import Hummingbird
internal import SandboxLeads
internal import StrictJSON

extension RDCRMSimulator {
  /// What a customer sets up, as v2 shows it, and webhooks.
  func addV2Lists(to group: RouterGroup<SandboxContext>) {
    list("pipelines", in: group) { books in
      books.pipelines.enumerated().map { index, one in
        [
          "id": .string(one.id), "name": .string(one.name), "order": .number(index + 1),
          "stage_ids": .array(one.stages.map { .string($0.id) }),
        ]
      }
    }
    list("users", in: group) { books in
      books.users.filter(\.isActive).map {
        ["id": .string($0.id), "name": .string($0.name), "email": .string($0.email)]
      }
    }
    list("teams", in: group) { books in
      books.teams.map {
        [
          "team_id": .string($0.id), "name": .string($0.name),
          "user_ids": .array($0.userIDs.map(JSON.string)),
        ]
      }
    }
    list("custom_fields", in: group) { $0.fields.map(\.json2) }
    named("sources", \.sources, in: group)
    named("campaigns", \.campaigns, in: group)
    named("lost_reasons", \.lostReasons, in: group)
    group.get("pipelines/:id/stages") { request, context in
      let call = try RDCRMCall(v2: request, context, self)
      let id = context.parameters.get("id") ?? ""
      guard let pipeline = call.read(\.pipelines).first(where: { $0.id == id }) else {
        throw RDCRMErrors.detail(.notFound, "Pipeline not found")
      }
      let stages = pipeline.stages.enumerated().map { index, stage -> JSON in
        ["id": .string(stage.id), "name": .string(stage.name), "order": .number(index + 1)]
      }
      return try call.page2(stages, request, "pipelines/\(id)/stages")
    }
    list("webhooks", in: group) { $0.webhooks.map(\.json2) }
    group.post("webhooks") { request, context in
      let call = try RDCRMCall(v2: request, context, self)
      let data = try await request.data2()
      try call.checkPlan()
      guard let name = data["name"]?.string, let event = data["event_name"]?.string,
        RDCRMWebhook.events.contains(event), let url = data["url"]?.string,
        data["http_method"]?.string == "POST"
      else { throw RDCRMErrors.detail(.unprocessableContent, "Event Não é válido.") }
      guard (data["auth_header"] == nil) == (data["auth_key"] == nil) else {
        throw RDCRMErrors.detail(.unprocessableContent, "Auth header Não é válido.")
      }
      let made = try call.write { books in
        let made = RDCRMWebhook(
          id: books.generator.uuid(),
          event: event,
          url: url,
          name: name,
          header: data["auth_header"]?.string,
          key: data["auth_key"]?.string,
          createdAt: call.now,
          updatedAt: call.now
        )
        books.webhooks.append(made)
        return made
      }
      self.record("webhook.create", call.account, identifier: event)
      return Response.json(["data": made.json2], status: .created)
    }
    group.put("webhooks/:id") { request, context in
      let call = try RDCRMCall(v2: request, context, self)
      let data = try await request.data2()
      var changed = try call.webhook(context)
      if let url = data["url"]?.string { changed.url = url }
      changed.status = "active"
      changed.failures = 0
      changed.updatedAt = call.now
      try call.write { [changed] books in
        books.webhooks = books.webhooks.map { $0.id == changed.id ? changed : $0 }
      }
      return Response.json(["data": changed.json2])
    }
    group.delete("webhooks/:id") { request, context in
      let call = try RDCRMCall(v2: request, context, self)
      let gone = try call.webhook(context)
      try call.write { books in books.webhooks.removeAll { $0.id == gone.id } }
      return Response(status: .noContent)
    }
  }

  private func named(
    _ path: String,
    _ place: any WritableKeyPath<RDCRMBooks, [RDCRMNamed]> & Sendable,
    in group: RouterGroup<SandboxContext>
  ) {
    list(path, in: group) { books in
      books[keyPath: place].map { ["id": .string($0.id), "name": .string($0.name)] }
    }
    group.post(RouterPath(path)) { request, context in
      let call = try RDCRMCall(v2: request, context, self)
      guard let name = try await request.data2()["name"]?.string, name.count > 1 else {
        throw RDCRMErrors.detail(.unprocessableContent, "Name Não pode ficar em branco.")
      }
      let made = try call.write { books in
        let made = books.named(name, books.tick(call.now))
        books[keyPath: place].append(made)
        return made
      }
      self.record("\(path).create", call.account, identifier: made.id)
      let data: JSON = ["id": .string(made.id), "name": .string(made.name)]
      return Response.json(["data": data], status: .created)
    }
  }

  private func list(
    _ path: String,
    in group: RouterGroup<SandboxContext>,
    _ items: @escaping @Sendable (RDCRMBooks) -> [JSON]
  ) {
    group.get(RouterPath(path)) { request, context in
      let call = try RDCRMCall(v2: request, context, self)
      return try call.page2(call.read(items), request, path)
    }
  }
}

extension RDCRMField {
  var json2: JSON {
    [
      "id": .string(id), "name": .string(label), "slug": .string(slug), "type": .string(type),
      "entity": .string(entity), "options": .array(options.map(JSON.string)),
      "unique": .bool(isUnique), "allow_new_option": .bool(allowsNew),
      "required_rules": isRequired
        ? [
          [
            "always": .bool(requiredAtStage == nil),
            "property": requiredAtStage == nil ? .null : "stage_id",
            "value": .optional(requiredAtStage),
          ]
        ] : [],
      "display_rules": [],
    ]
  }
}
