internal import Hummingbird
private import SandboxLeads
private import StrictJSON
private import Synchronization

extension RDSimulator {
  /// `POST …/tag` adds.
  ///
  /// Assumed: one tag that the contact has refuses the whole list.
  func addTagRoutes(to group: RouterGroup<SandboxContext>) {
    group.post("platform/contacts/:id/tag") { request, context in
      let call = try RDCall(request, self)
      let body = try await request.json()
      let (uuid, json) = try call.account.state.withLock { state in
        guard let uuid = state.uuid(of: context.contact), var record = state[uuid: uuid] else {
          throw RDErrors.leadNotFound
        }
        let tags = try RDContactBody.tags(in: body)
        guard tags.allSatisfy({ !record.facts.tags.contains($0) }) else {
          throw RDContactBody.duplicateTags
        }
        try state.countContact(.tag, uuid: uuid, rd: call.settings, now: call.now)
        record = state[uuid: uuid] ?? record
        record.facts.tags += tags
        state[uuid: uuid] = record
        return (uuid, record.json)
      }
      self.record(
        "tags",
        account: call.account,
        contact: uuid,
        value: body["tags"] ?? .null,
        status: "added"
      )
      return Response.json(json)
    }
  }
}
