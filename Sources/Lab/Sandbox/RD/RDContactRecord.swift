internal import SandboxLeads
internal import StrictJSON

/// A contact as the simulator keeps it.
struct RDContactRecord: Sendable {
  var facts: LeadFacts
  /// Standard fields that no webhook body carries, such as `bio`.
  var extra = JSON.Members()
  /// Oldest first.
  var history: [RDHistoryItem] = []
  var quotas: [RDQuotas.ContactKind: RDQuotas.Window] = [:]
  /// What the funnel was before each change, newest last.
  var formerFunnels: [(until: Timestamp, funnel: JSON)] = []

  static let placeholder = RDContactRecord(
    facts: LeadFacts(legacyID: "", uuid: "", email: "", createdAt: Timestamp(milliseconds: 0))
  )

  static let profile: [(String, any WritableKeyPath<LeadFacts, String?> & Sendable)] = [
    ("name", \.name), ("job_title", \.jobTitle), ("website", \.website),
    ("personal_phone", \.personalPhone), ("mobile_phone", \.mobilePhone), ("city", \.city),
    ("state", \.state), ("country", \.country),
  ]
  static let extraNames: Set<String> = [
    "bio", "birthdate", "twitter", "facebook", "linkedin", "phone", "legal_bases",
  ]

  /// As the API shows it: empty values left out, and never the company.
  var json: JSON {
    var out = JSON.Members()
    out["uuid"] = .string(facts.uuid)
    out["email"] = .string(facts.email)
    for (name, path) in Self.profile {
      if let text = facts[keyPath: path], !text.isEmpty { out[name] = .string(text) }
    }
    for member in extra.list { out[member.key] = member.value }
    out["tags"] = .array(facts.tags.map(JSON.string))
    out["extra_emails"] = []
    for field in facts.customFields { out[field.identifier] = field.value }
    out["links"] = .array(links)
    return .object(out)
  }

  private var links: [JSON] {
    let base = "https://api.rd.services/platform/contacts"
    func link(_ rel: String, _ path: String, _ type: String = "GET") -> JSON {
      [
        "rel": .string(rel), "href": .string("\(base)/\(path)"), "media": "application/json",
        "type": .string(type),
      ]
    }
    return [
      link("SELF", "uuid:\(facts.uuid)"), link("SELF", "email:\(facts.email)"),
      link("CONTACT.DELETE", "uuid:\(facts.uuid)", "DELETE"),
      link("CONTACT.FUNNEL", "\(facts.uuid)/funnels/{funnel_name}"),
      link("CONTACTS.EVENTS", "\(facts.uuid)/events?event_type={event_type}"),
    ]
  }

  mutating func set(_ field: RDField, to value: JSON) {
    let index = facts.customFields.firstIndex { $0.identifier == field.identifier }
    if let index {
      facts.customFields[index].value = value
    } else {
      facts.customFields.append(
        CustomField(label: field.label, identifier: field.identifier, value: value)
      )
    }
  }
}

/// One event in a contact's history.
struct RDHistoryItem: Sendable {
  /// `CONVERSION` or `OPPORTUNITY`.
  var type: String
  var identifier: String
  var at: Timestamp
  var payload: JSON

  var json: JSON {
    [
      "event_type": .string(type), "event_family": "CDP",
      "event_identifier": .string(identifier), "event_timestamp": .string(at.brasilia),
      "payload": payload,
    ]
  }
}
