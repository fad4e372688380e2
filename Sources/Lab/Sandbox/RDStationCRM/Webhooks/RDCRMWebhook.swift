internal import SandboxLeads
internal import StrictJSON

/// A webhook: one event, one address (reference 8.1).
struct RDCRMWebhook: Sendable, Hashable {
  var id: String
  var event: String
  var url: String
  /// `active`, `suspended` or `inactive`.
  var status = "active"
  /// v2 only; there is no signature anywhere.
  var name: String?
  var header: String?
  var key: String?
  var createdAt: Timestamp
  var updatedAt: Timestamp
  /// In a row.
  var failures = 0

  static let events: Set<String> = {
    let kinds = ["deal", "contact", "organization", "product", "campaign", "source", "lost_reason"]
    let all = kinds.flatMap { kind in
      ["created", "updated", "deleted"].map { "crm_\(kind)_\($0)" }
    }
    return Set(all + ["crm_task_created", "crm_task_updated"])
  }()

  /// As v1 shows it.
  var json: JSON {
    [
      "uuid": .string(id), "event_type": .string(event), "url": .string(url),
      "http_method": "POST", "status": .string(status), "source": "CRM", "created_via": "api",
      "event_identifiers": [], "name": .optional(name),
      "created_at": .string(createdAt.utcMilliseconds),
      "updated_at": .string(updatedAt.utcMilliseconds),
    ]
  }

  /// As v2 does; the key is never shown.
  var json2: JSON {
    [
      "id": .string(id), "name": .optional(name), "event_name": .string(event),
      "url": .string(url), "http_method": "POST", "status": .string(status),
      "auth_header": .optional(header),
      "created_at": .string(createdAt.utcMilliseconds),
      "updated_at": .string(updatedAt.utcMilliseconds),
    ]
  }
}
