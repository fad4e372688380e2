internal import HTTPTypes
internal import Hummingbird
internal import SandboxLeads
internal import StrictJSON

extension RDCRMSimulator {
  /// Webhooks of v1: three members, all mandatory, also in a PUT.
  func addWebhookRoutes(to group: RouterGroup<SandboxContext>) {
    group.get("webhooks") { request, context in
      let call = try RDCRMCall(request, context, self)
      return Response.json(["webhooks": .array(call.read(\.webhooks).map(\.json))])
    }
    group.get("webhooks/:id") { request, context in
      let call = try RDCRMCall(request, context, self)
      return Response.json(try call.webhook(context).json)
    }
    group.post("webhooks") { request, context in
      let call = try RDCRMCall(request, context, self)
      let body = try await request.json()
      try call.checkPlan()
      let (event, url) = try Self.webhook(body)
      let made = try call.write { books in
        let made = RDCRMWebhook(
          id: books.generator.uuid(),
          event: event,
          url: url,
          createdAt: call.now,
          updatedAt: call.now
        )
        books.webhooks.append(made)
        return made
      }
      self.record("webhook.create", call.account, identifier: event)
      return Response.json(made.json)
    }
    group.put("webhooks/:id") { request, context in
      let call = try RDCRMCall(request, context, self)
      let (event, url) = try Self.webhook(try await request.json())
      var changed = try call.webhook(context)
      changed.event = event
      changed.url = url
      changed.status = "active"
      changed.failures = 0
      changed.updatedAt = call.now
      try call.write { [changed] books in
        books.webhooks = books.webhooks.map { $0.id == changed.id ? changed : $0 }
      }
      return Response.json(changed.json)
    }
    group.delete("webhooks/:id") { request, context in
      let call = try RDCRMCall(request, context, self)
      let gone = try call.webhook(context)
      try call.write { books in books.webhooks.removeAll { $0.id == gone.id } }
      return Response(status: .noContent)
    }
  }

  private static func webhook(_ body: JSON) throws -> (event: String, url: String) {
    guard let event = body["event_type"]?.string, RDCRMWebhook.events.contains(event) else {
      throw RDCRMErrors.field("event_type", "Não está incluído na lista.")
    }
    guard let url = body["url"]?.string, url.hasPrefix("http") else {
      throw RDCRMErrors.field("url", "Não é válido.")
    }
    guard body["http_method"]?.string == "POST" else {
      throw RDCRMErrors.field("http_method", "Não está incluído na lista.")
    }
    return (event, url)
  }
}

extension RDCRMCall {
  func webhook(_ context: SandboxContext) throws -> RDCRMWebhook {
    let id = context.parameters.get("id")
    guard let found = read(\.webhooks).first(where: { $0.id == id }) else {
      throw RDCRMErrors.notFound
    }
    return found
  }

  /// Webhooks are of the paid plans.
  func checkPlan() throws {
    if read(\.plan) == "free" { throw RDCRMErrors.forbidden }
  }
}
