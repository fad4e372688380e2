internal import Hummingbird
internal import SandboxLeads
internal import StrictJSON
private import Synchronization

/// One webhook that is due.
struct DueWebhook: Sendable {
  let account: RDAccount
  /// The contact that it tells of.
  let contact: String
  let url: String
  /// `legacy` or `current`.
  let shape: String
  let event: CurrentBody.Event
  /// Whether it is sent once more after it was taken, as RD does.
  let isRepeated: Bool
  let body: @Sendable () -> [UInt8]
}

/// The webhooks of one account, counted.
struct RDWebhookTraffic: Sendable, Hashable {
  /// Due and neither taken nor given up.
  var pending = 0
  /// Answered 2xx, repeats included.
  var delivered = 0
  var failed = 0

  var json: JSON {
    ["pending": .number(pending), "delivered": .number(delivered), "failed": .number(failed)]
  }
}

extension RDSimulator {
  /// Sends the event to every webhook that hears it, in both shapes, after the answer.
  func fire(
    _ event: CurrentBody.Event,
    of record: RDContactRecord,
    at: Timestamp,
    in call: RDCall
  ) {
    let policy = call.settings.webhookPolicy
    for webhook in due(event, of: record, at: at, in: call.account) {
      work.start { [self] in await deliver(webhook, policy) }
    }
  }

  /// The webhooks that hear the event, from now on pending: each is to be delivered.
  func due(
    _ event: CurrentBody.Event,
    of record: RDContactRecord,
    at: Timestamp,
    in account: RDAccount,
    isRepeated: Bool? = nil
  ) -> [DueWebhook] {
    let percent = settings.withLock { $0.webhookRepeatPercent }
    return account.state.withLock { state in
      let current = state.subscriptions.filter {
        event.isHeard(type: $0.eventType, identifiers: $0.eventIdentifiers)
      }
      let legacy = state.screenWebhooks.filter { event.isHeard(by: $0) }
      state.traffic.pending += current.count + legacy.count
      func webhook(
        _ url: String,
        _ shape: String,
        _ body: @escaping @Sendable () -> [UInt8]
      ) -> DueWebhook {
        DueWebhook(
          account: account,
          contact: record.facts.uuid,
          url: url,
          shape: shape,
          event: event,
          isRepeated: isRepeated ?? state.generator.chance(percent: percent),
          body: body
        )
      }
      let facts = record.facts
      return current.map { one in
        webhook(one.url, "current") { [now] in
          // The time of sending is part of the body, so each attempt has another.
          CurrentBody.json(
            event,
            of: facts,
            at: at,
            sentAt: now(),
            withCompany: one.relations.contains("COMPANY"),
            withFunnel: one.relations.contains("CONTACT_FUNNEL")
          ).encoded
        }
      }
        + legacy.map { one in
          let body = LegacyBody.json(of: facts).encoded
          return webhook(one.url, "legacy") { body }
        }
    }
  }

  /// Delivers it, and once more when it is one that RD repeats.
  @discardableResult
  func deliver(_ webhook: DueWebhook, _ policy: WebhookPoster.Policy) async
    -> [WebhookPoster.Delivery]
  {
    var made = [await attempt(webhook, policy)]
    if webhook.isRepeated, made[0].isDelivered { made.append(await attempt(webhook, policy)) }
    webhook.account.state.withLock { [made] state in
      state.traffic.pending -= 1
      state.traffic.delivered += made.count(where: \.isDelivered)
      state.traffic.failed += made.count { !$0.isDelivered }
    }
    return made
  }

  private func attempt(_ webhook: DueWebhook, _ policy: WebhookPoster.Policy) async
    -> WebhookPoster.Delivery
  {
    let made = await poster.deliver(to: webhook.url, policy: policy) { _ in webhook.body() }
    let status = made.isDelivered ? "delivered" : "failed"
    deliveries.append([
      ("account", .string(webhook.account.name)), ("contact", .string(webhook.contact)),
      ("shape", .string(webhook.shape)), ("event", .string(webhook.event.type)),
      ("status", .string(status)), ("attempts", .number(made.attempts)),
      ("slowest_milliseconds", .number(Int(made.slowest / .milliseconds(1)))),
      ("answer", .string(String(decoding: made.answer.prefix(1000), as: UTF8.self))),
    ])
    record(
      "webhook",
      account: webhook.account,
      contact: webhook.contact,
      identifier: webhook.shape,
      value: .number(made.attempts),
      status: status
    )
    return made
  }

  /// `GET /rd/deliveries?after=SEQ`: each webhook that came to its end, an object a line;
  /// `GET /rd/deliveries/count?account=`: how many did, and how many are still due.
  func addDeliveryRoutes(to group: RouterGroup<SandboxContext>) {
    group.get("deliveries") { request, _ in self.deliveries.response(to: request) }
    group.get("deliveries/count") { request, _ in
      let account = self.account(request.query("account") ?? "")
      return Response.json(account.state.withLock { $0.traffic.json })
    }
  }
}
