private import HTTPTypes
internal import Hummingbird
private import SandboxLeads
private import StrictJSON
private import Synchronization

extension RDSimulator {
  /// Stands for the webhooks part of RD's screen; not part of RD's API, and without a token.
  ///
  /// `POST /rd/screen/webhooks` with `{"account","url","trigger","identifiers"}`, where the trigger
  /// is `conversion` or `opportunity`; `GET /rd/screen/webhooks?account=`; `DELETE …/{uuid}?account=`.
  func addScreenWebhookRoutes(to group: RouterGroup<SandboxContext>) {
    group.get("screen/webhooks") { request, _ in
      let list = self.account(request.query("account") ?? "").state.withLock { $0.screenWebhooks }
      return Response.json(["webhooks": .array(list.map(\.json))])
    }
    group.post("screen/webhooks") { request, _ in
      let body = try await request.json()
      guard let name = body["account"]?.string, let url = body["url"]?.string,
        let trigger = RDScreenWebhook.Trigger(rawValue: body["trigger"]?.string ?? "conversion")
      else { throw Refusal(status: .badRequest, body: ["message": "expected account and url"]) }
      let identifiers = body["identifiers"]?.array?.compactMap(\.string) ?? []
      let webhook = self.account(name).state.withLock { state in
        let webhook = RDScreenWebhook(
          uuid: state.generator.uuid(),
          url: url,
          trigger: trigger,
          identifiers: identifiers
        )
        state.screenWebhooks.append(webhook)
        return webhook
      }
      return Response.json(webhook.json, status: .created)
    }
    group.delete("screen/webhooks/:id") { request, context in
      self.account(request.query("account") ?? "").state.withLock { state in
        state.screenWebhooks.removeAll { $0.uuid == context.parameters.get("id") }
      }
      return Response(status: .noContent)
    }
  }
}
