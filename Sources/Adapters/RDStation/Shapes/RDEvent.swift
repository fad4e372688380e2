package import Belt
import Leads
import OutsideCalls
package import StrictJSON

/// One thing RD Station is told about a contact.
package enum RDEvent: Sendable, Hashable {
  /// A conversion; creates the contact when there is none, and fires RD's own webhooks.
  ///
  /// `marker` is our effect id, sent as `traffic_value`: RD has no idempotency key, so this is the
  /// witness by which an unknown outcome is read back from the contact's history. `fields` are
  /// further attributes by their API identifier; RD silently drops the ones it does not know. RD adds
  /// `tags` to those that the contact has; they are sent in lower case, each once.
  case conversion(
    email: String,
    identifier: String,
    marker: String,
    fields: [String: String],
    tags: [String] = []
  )
  /// Marks the contact as an opportunity. Without effect when RD does not know the contact.
  case opportunity(email: String)
  /// Records a sale. `value` is decimal text in reais, such as `1234.50`; nil when there is none.
  case sale(email: String, value: String?)
  /// Records a lost opportunity.
  case lost(email: String, reason: String?)
}

extension RDEvent {
  /// RD's limit of 0.2 MB for the body of one call.
  package static let bodyBytesMax = 200_000

  /// The event in RD's envelope.
  ///
  /// - Throws: Of cause `.unfit` for a sale's value that RD does not take.
  package func json() throws(CallError) -> JSON {
    let type: String
    let payload: JSON
    switch self {
    case .conversion(let email, let identifier, let marker, let fields, let tags):
      type = "CONVERSION"
      payload = Self.conversionPayload(email, identifier, marker, fields, tags)
    case .opportunity(let email):
      type = "OPPORTUNITY"
      payload = ["email": .string(email), "funnel_name": "default"]
    case .sale(let email, let value):
      type = "SALE"
      var members = JSON.Members()
      members["email"] = .string(email)
      members["funnel_name"] = "default"
      if let value { members["value"] = .number(try Self.saleNumber(value)) }
      payload = .object(members)
    case .lost(let email, let reason):
      type = "OPPORTUNITY_LOST"
      var members = JSON.Members()
      members["email"] = .string(email)
      members["funnel_name"] = "default"
      members["reason"] = reason.map(JSON.string)
      payload = .object(members)
    }
    return ["event_type": .string(type), "event_family": "CDP", "payload": payload]
  }

  private static func conversionPayload(
    _ email: String,
    _ identifier: String,
    _ marker: String,
    _ fields: [String: String],
    _ tags: [String]
  ) -> JSON {
    // Sorted, so that the same event always is the same bytes; ours win over a field of that name.
    var members = JSON.Members()
    for (name, value) in fields.sorted(by: { $0.key < $1.key }) { members[name] = .string(value) }
    members["conversion_identifier"] = .string(identifier)
    members["email"] = .string(email)
    members["traffic_source"] = "esteira"
    members["traffic_medium"] = "crm"
    members["traffic_value"] = .string(marker)
    let tags = Self.normalized(tags)
    if !tags.isEmpty { members["tags"] = .array(tags.map(JSON.string)) }
    return .object(members)
  }

  /// The text as a JSON number of the same value, without leading zeros.
  private static func saleNumber(_ text: String) throws(CallError) -> String {
    guard let value = SaleValue(text) else {
      throw unfit("sale_value_invalid", "the sale's value is not a decimal number")
    }
    guard !value.isOverLimit else {
      throw unfit("sale_value_over_limit", "a sale above \(SaleValue.max) is not accepted")
    }
    return value.number
  }

  private static func unfit(_ code: String, _ sentence: String) -> CallError {
    CallError(
      .unfit(code: code, sentence: sentence),
      of: RDRoutes.event.effect,
      at: .rdStation
    )
  }

  /// As RD takes tags: in lower case, each once.
  static func normalized(_ tags: [String]) -> [String] {
    var seen: Set<String> = []
    return tags.map { $0.lowercased() }.filter { seen.insert($0).inserted }
  }
}
