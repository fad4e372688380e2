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
