private import HTTPTypes
internal import Hummingbird
private import SandboxLeads
private import StrictJSON
private import Synchronization

extension RDSimulator {
  func addSubscriptionRoutes(to group: RouterGroup<SandboxContext>) {
    group.get("integrations/webhooks") { request, _ in
      let call = try RDCall(request, self)
      let list = call.account.state.withLock { $0.subscriptions }
      return Response.json(["webhooks": .array(list.map { $0.json(inList: true) })])
    }
    group.get("integrations/webhooks/:id") { request, context in
      let call = try RDCall(request, self)
      let list = call.account.state.withLock { $0.subscriptions }
      guard let found = list.first(where: { $0.uuid == context.parameters.get("id") }) else {
        throw RDErrors.notFound
      }
      return Response.json(found.json())
    }
    group.post("integrations/webhooks") { request, _ in
      let call = try RDCall(request, self)
      return try await self.subscribe(try await request.json(), call)
    }
    group.put("integrations/webhooks/:id") { request, context in
      let call = try RDCall(request, self)
      let body = try await request.json()
      let changed = try call.account.state.withLock { state in
        let index = state.subscriptions.firstIndex { $0.uuid == context.parameters.get("id") }
        guard let index else { throw RDErrors.notFound }
        var subscription = try Self.subscription(
          body,
          uuid: state.subscriptions[index].uuid,
          call
        )
        subscription.createdAt = state.subscriptions[index].createdAt
        state.subscriptions[index] = subscription
        return subscription
      }
      return Response.json(changed.json())
    }
    group.delete("integrations/webhooks/:id") { request, context in
      let call = try RDCall(request, self)
      try call.account.state.withLock { state in
        let index = state.subscriptions.firstIndex { $0.uuid == context.parameters.get("id") }
        guard let index else { throw RDErrors.notFound }
        state.subscriptions.remove(at: index)
      }
      return Response(status: .noContent)
    }
  }

  /// Probes the URL with an empty POST, which must be answered 2xx; otherwise 401 and nothing is
  /// made.
  ///
  /// What RD's probe really sends is unpublished.
  private func subscribe(_ body: JSON, _ call: RDCall) async throws -> Response {
    let subscription = try Self.subscription(
      body,
      uuid: call.account.state.withLock { $0.generator.uuid() },
      call
    )
    try Self.checkFree(subscription, call)
    let timeout = call.settings.webhookPolicy.timeout
    guard await poster.post([], to: subscription.url, timeout: timeout)?.isTaken == true else {
      throw RDErrors.plain(.unauthorized, "UNAUTHORIZED", "The URL did not answer.")
    }
    try Self.checkFree(subscription, call)
    call.account.state.withLock { $0.subscriptions.append(subscription) }
    return .json(subscription.json(), status: .created)
  }

  /// One subscription per URL and event type.
  private static func checkFree(_ subscription: RDSubscription, _ call: RDCall) throws(Refusal) {
    let isTaken = call.account.state.withLock { state in
      state.subscriptions.contains {
        $0.url == subscription.url && $0.eventType == subscription.eventType
      }
    }
    if isTaken { throw RDErrors.field("url", "TAKEN", "has already been taken") }
  }

  private static func subscription(
    _ body: JSON,
    uuid: String,
    _ call: RDCall
  ) throws(Refusal) -> RDSubscription {
    let types = ["WEBHOOK.CONVERTED", "WEBHOOK.MARKED_OPPORTUNITY"]
    guard let type = body["event_type"]?.string, types.contains(type) else {
      throw RDErrors.field("event_type", "INCLUSION", "is not included in the list")
    }
    guard body["entity_type"]?.string == "CONTACT" else {
      throw RDErrors.field("entity_type", "INCLUSION", "is not included in the list")
    }
    guard body["http_method"]?.string == "POST" else {
      throw RDErrors.field("http_method", "INCLUSION", "is not included in the list")
    }
    guard let url = body["url"]?.string, url.hasPrefix("http") else {
      throw RDErrors.field("url", "INVALID", "is invalid")
    }
    let relations = body["include_relations"]?.array?.compactMap(\.string) ?? []
    guard relations.allSatisfy({ $0 == "COMPANY" || $0 == "CONTACT_FUNNEL" }) else {
      throw RDErrors.field("include_relations", "INCLUSION", "is not included in the list")
    }
    return RDSubscription(
      uuid: uuid,
      eventType: type,
      eventIdentifiers: body["event_identifiers"]?.array?.compactMap(\.string) ?? [],
      url: url,
      relations: relations,
      createdAt: call.now,
      updatedAt: call.now
    )
  }
}
