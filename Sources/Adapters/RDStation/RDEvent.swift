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
  /// The largest sale RD Station takes, in reais.
  package static let saleValueMax = "99999999.00"
  /// RD's limit of 0.2 MB for the body of one call.
  package static let bodyBytesMax = 200_000

  /// The event in RD's envelope.
  ///
  /// - Throws: `.saleValueOverLimit`, `.invalidSaleValue`; nothing has been sent then.
  package func json() throws(RDStationError) -> JSON {
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
    let tags = RDStationClient.normalized(tags)
    if !tags.isEmpty { members["tags"] = .array(tags.map(JSON.string)) }
    return .object(members)
  }

  /// The text as a JSON number of the same value, without leading zeros.
  private static func saleNumber(_ text: String) throws(RDStationError) -> String {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let areDigits = parts.allSatisfy { part in
      !part.isEmpty && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
    guard areDigits, parts.count <= 2, text.utf8.count <= 40 else {
      throw RDStationError(.invalidSaleValue)
    }
    let significant = parts[0].drop { $0 == "0" }
    let whole = significant.isEmpty ? "0" : String(significant)
    let fraction = parts.count == 2 ? String(parts[1]) : ""
    let isLimitOrMore = whole.count > 8 || whole == "99999999"
    let isLimit = whole == "99999999" && fraction.allSatisfy { $0 == "0" }
    guard !isLimitOrMore || isLimit else { throw RDStationError(.saleValueOverLimit) }
    return fraction.isEmpty ? whole : "\(whole).\(fraction)"
  }
}
