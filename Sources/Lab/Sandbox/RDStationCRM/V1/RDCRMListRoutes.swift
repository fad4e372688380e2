internal import HTTPTypes
internal import Hummingbird
internal import SandboxLeads
internal import StrictJSON

extension RDCRMSimulator {
  /// What a customer sets up (reference 6): pipelines, people, sources, campaigns, loss reasons.
  func addListRoutes(to group: RouterGroup<SandboxContext>) {
    group.get("deal_pipelines") { request, context in
      let call = try RDCRMCall(request, context, self)
      return Response.json(
        .array(call.read { books in books.pipelines.indices.map { books.pipeline($0) } })
      )
    }
    group.get("deal_stages") { request, context in
      let call = try RDCRMCall(request, context, self)
      let wanted = request.query("deal_pipeline_id")
      let list = call.read { books in
        // One that is not there is no error: the default pipeline answers.
        let pipeline = books.pipelines.first { $0.id == wanted } ?? books.pipelines[0]
        return pipeline.stages.enumerated().map { $1.json(order: $0 + 1) }
      }
      return Response.json(call.page(list, request, as: "deal_stages", max: 12))
    }
    group.get("users") { request, context in
      let call = try RDCRMCall(request, context, self)
      let wanted = request.query("active").map { $0 == "true" }
      let users = call.read(\.users).filter { wanted == nil || $0.isActive == wanted }
      return Response.json(["users": .array(users.map(\.json))])
    }
    group.get("teams") { request, context in
      let call = try RDCRMCall(request, context, self)
      let list = call.read { books in books.teams.map { books.team($0) } }
      return Response.json(call.page(list, request, as: "teams"))
    }
    addNamed("deal_sources", "deal_source", \.sources, to: group)
    addNamed("campaigns", "campaign", \.campaigns, to: group)
    addNamed("deal_lost_reasons", nil, \.lostReasons, to: group)
  }

  /// `wrap`: the member that a body is in; a loss reason's is flat.
  private func addNamed(
    _ path: String,
    _ wrap: String?,
    _ list: any WritableKeyPath<RDCRMBooks, [RDCRMNamed]> & Sendable,
    to group: RouterGroup<SandboxContext>
  ) {
    let hasID = wrap != nil
    group.get(RouterPath(path)) { request, context in
      let call = try RDCRMCall(request, context, self)
      let text = request.query("q")?.lowercased()
      let shown = call.read { $0[keyPath: list] }.filter { one in
        one.createdAt <= call.shownUntil && text.map { one.name.lowercased().contains($0) } ?? true
      }
      return Response.json(call.page(shown.map { $0.json(hasID: hasID) }, request, as: path))
    }
    group.post(RouterPath(path)) { request, context in
      let call = try RDCRMCall(request, context, self)
      let body = try await request.json()
      let sent = wrap.flatMap { body[$0] } ?? body
      guard let name = try sent.text("name") else {
        throw RDCRMErrors.field("name", "não pode ficar em branco")
      }
      let made = try call.write { books in
        let made = books.named(name, books.tick(call.now), description: sent["description"]?.string)
        books[keyPath: list].append(made)
        return made
      }
      self.record("\(path).create", call.account, identifier: made.id)
      return Response.json(made.json(hasID: hasID))
    }
  }
}

extension RDCRMNamed {
  func json(hasID: Bool) -> JSON {
    var members = JSON.Members()
    members["_id"] = .string(id)
    if hasID {
      members["id"] = .string(id)
      members["description"] = .optional(description)
    }
    members["name"] = .string(name)
    members["created_at"] = .string(createdAt.brasilia)
    members["updated_at"] = .string(updatedAt.brasilia)
    return .object(members)
  }
}

extension RDCRMStage {
  func json(order: Int) -> JSON {
    [
      "_id": .string(id), "id": .string(id), "name": .string(name),
      "nickname": .string(nickname), "order": .number(order), "configuration": [],
    ]
  }
}

extension RDCRMBooks {
  /// Only `id`, and its stages in no order: whoever reads them sorts.
  fileprivate func pipeline(_ index: Int) -> JSON {
    let pipeline = pipelines[index]
    let copy = pipelines.first { $0.id == pipeline.copiesTo }
    return [
      "id": .string(pipeline.id), "name": .string(pipeline.name), "order": .number(index + 1),
      "config": copy.map { target in
        [
          "deal_won": [
            "copy_to_pipeline": [
              "deal_pipeline_id": .string(target.id),
              "deal_stage_id": .string(target.stages[0].id),
            ]
          ]
        ]
      } ?? [:],
      "deal_stages": .array(
        pipeline.stages.enumerated().map { $1.json(order: $0 + 1) }.reversed()
      ),
    ]
  }

  fileprivate func team(_ team: RDCRMTeam) -> JSON {
    [
      "_id": .string(team.id), "id": .string(team.id), "name": .string(team.name),
      "team_users": .array(
        team.userIDs.compactMap { user($0) }.map {
          [
            "_id": .string($0.id), "id": .string($0.id), "name": .string($0.name),
            "email": .string($0.email),
          ]
        }
      ),
      "user_ids": .array(team.userIDs.map(JSON.string)),
    ]
  }
}
