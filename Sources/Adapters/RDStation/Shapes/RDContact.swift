package import Leads
import OutsideCalls
package import StrictJSON

/// How a contact is addressed.
package enum RDContactID: Sendable, Hashable {
  case uuid(String)
  case email(String)

  /// The path segment, such as `email:ana%40exemplo.com.br`.
  var segment: String {
    switch self {
    case .uuid(let uuid): "uuid:\(percentEncoded(uuid))"
    case .email(let email): "email:\(percentEncoded(email))"
    }
  }
}

/// A contact as the API returns it; the company is in webhooks only.
package struct RDContact: Sendable, Hashable {
  package let uuid: String
  package let tags: [String]
  /// The whole answer, with the `cf_` fields.
  ///
  /// A field without a value is absent.
  package let fields: JSON

  /// Nil when the answer is no contact.
  init?(_ json: JSON) {
    guard let uuid = json["uuid"]?.string else { return nil }
    self.uuid = uuid
    tags = json["tags"]?.array?.compactMap(\.string) ?? []
    fields = json
  }
}

/// Past conversions of a contact, newest first.
package struct RDHistory: Sendable, Hashable {
  package let events: [RDHistoryEvent]
  /// False when there may be conversions that were not read.
  package let isWhole: Bool

  /// `items`: as RD listed them; one that is no event counts as read.
  init(_ items: [JSON], limit: Int) {
    events = items.prefix(limit).compactMap(RDHistoryEvent.init)
    isWhole = items.count < limit
  }
}

/// One past conversion of a contact.
package struct RDHistoryEvent: Sendable, Hashable {
  package let identifier: String
  /// ISO 8601 with an offset, as RD wrote it.
  package let timestamp: String
  /// The `traffic_value`, which is our marker when the conversion is ours.
  package let marker: String?

  init?(_ json: JSON) {
    guard let identifier = json["event_identifier"]?.string else { return nil }
    self.identifier = identifier
    timestamp = json["event_timestamp"]?.string ?? ""
    marker = json["payload"]?["traffic_value"]?.string
  }
}

/// Where a contact stands in the funnel `default`.
package struct RDFunnel: Sendable, Hashable {
  /// Nil when RD names a stage we do not know.
  package let lifecycleStage: LifecycleStage?
  package let opportunity: Bool

  init(_ json: JSON) {
    lifecycleStage = json["lifecycle_stage"]?.string.flatMap(LifecycleStage.init(rawValue:))
    opportunity = json["opportunity"]?.bool ?? false
  }
}
