internal import SandboxLeads
internal import StrictJSON
private import Synchronization

/// A webhook made through the API; it sends the current body.
struct RDSubscription: Sendable, Hashable {
  var uuid: String
  var eventType: String
  /// None means every conversion.
  var eventIdentifiers: [String]
  var url: String
  var relations: [String]
  var createdAt: Timestamp
  var updatedAt: Timestamp

  /// As the API shows it; lists write the type in small letters.
  func json(inList: Bool = false) -> JSON {
    [
      "uuid": .string(uuid), "event_type": .string(inList ? eventType.lowercased() : eventType),
      "event_identifiers": .array(eventIdentifiers.map(JSON.string)), "entity_type": "CONTACT",
      "url": .string(url), "http_method": "POST",
      "include_relations": .array(relations.map(JSON.string)),
      "platform_account_id": .number("818000000000123456"), "source": "MKT", "status": "active",
      "created_at": .string(createdAt.utcMilliseconds),
      "updated_at": .string(updatedAt.utcMilliseconds),
    ]
  }
}

/// A webhook made in RD's screen; it sends the legacy body.
struct RDScreenWebhook: Sendable, Hashable {
  enum Trigger: String, Sendable {
    case conversion, opportunity
  }

  var uuid: String
  var url: String
  var trigger: Trigger
  /// None means every conversion.
  var identifiers: [String]

  var json: JSON {
    [
      "uuid": .string(uuid), "url": .string(url), "trigger": .string(trigger.rawValue),
      "identifiers": .array(identifiers.map(JSON.string)),
    ]
  }
}

extension CurrentBody.Event {
  /// Whether a webhook for that type and those identifiers hears this event.
  func isHeard(type: String, identifiers: [String]) -> Bool {
    switch self {
    case .converted(let identifier):
      type == "WEBHOOK.CONVERTED" && (identifiers.isEmpty || identifiers.contains(identifier))
    case .markedOpportunity: type == "WEBHOOK.MARKED_OPPORTUNITY"
    }
  }

  func isHeard(by webhook: RDScreenWebhook) -> Bool {
    let type =
      webhook.trigger == .conversion ? "WEBHOOK.CONVERTED" : "WEBHOOK.MARKED_OPPORTUNITY"
    return isHeard(type: type, identifiers: webhook.identifiers)
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
    let (subscriptions, screenWebhooks) = call.account.state.withLock {
      ($0.subscriptions, $0.screenWebhooks)
    }
    for one in subscriptions
    where event.isHeard(type: one.eventType, identifiers: one.eventIdentifiers) {
      deliver(to: one.url, of: record, call, shape: "current") { [now] _ in
        // The time of sending is part of the body, so each attempt has another.
        CurrentBody.json(
          event,
          of: record.facts,
          at: at,
          sentAt: now(),
          withCompany: one.relations.contains("COMPANY"),
          withFunnel: one.relations.contains("CONTACT_FUNNEL")
        ).encoded
      }
    }
    for one in screenWebhooks where event.isHeard(by: one) {
      let body = LegacyBody.json(of: record.facts).encoded
      deliver(to: one.url, of: record, call, shape: "legacy") { _ in body }
    }
  }

  private func deliver(
    to url: String,
    of record: RDContactRecord,
    _ call: RDCall,
    shape: String,
    body: @escaping @Sendable (Int) -> [UInt8]
  ) {
    let policy = call.settings.webhookPolicy
    let (account, uuid) = (call.account, record.facts.uuid)
    work.start { [self] in
      let (isDelivered, attempts) = await poster.deliver(to: url, policy: policy, body: body)
      self.record(
        "webhook",
        account: account,
        contact: uuid,
        identifier: shape,
        value: .number(attempts),
        status: isDelivered ? "delivered" : "failed"
      )
    }
  }
}
