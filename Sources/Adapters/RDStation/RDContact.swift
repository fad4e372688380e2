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
  package let email: String?
  package let name: String?
  package let jobTitle: String?
  package let mobilePhone: String?
  package let personalPhone: String?
  package let city: String?
  package let state: String?
  package let tags: [String]
  /// The whole answer, with the `cf_` fields.
  ///
  /// A field without a value is absent.
  package let fields: JSON

  /// Nil when the answer is no contact.
  init?(_ json: JSON) {
    guard let uuid = json["uuid"]?.string else { return nil }
    self.uuid = uuid
    email = json["email"]?.string
    name = json["name"]?.string
    jobTitle = json["job_title"]?.string
    mobilePhone = json["mobile_phone"]?.string
    personalPhone = json["personal_phone"]?.string
    city = json["city"]?.string
    state = json["state"]?.string
    tags = json["tags"]?.array?.compactMap(\.string) ?? []
    fields = json
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

/// Where RD Station sees a contact in its funnel; the words of its API.
package enum RDLifecycleStage: String, Sendable, Hashable {
  case lead = "Lead"
  case qualifiedLead = "Qualified Lead"
  case client = "Client"
}

/// Where a contact stands in the funnel `default`.
package struct RDFunnel: Sendable, Hashable {
  /// Nil when RD names a stage we do not know.
  package let lifecycleStage: RDLifecycleStage?
  package let opportunity: Bool
  package let ownerEmail: String?
  package let fit: Int?
  package let interest: Int?
  package let origin: String?

  init(_ json: JSON) {
    lifecycleStage = json["lifecycle_stage"]?.string.flatMap(RDLifecycleStage.init)
    opportunity = json["opportunity"]?.bool ?? false
    ownerEmail = json["contact_owner_email"]?.string
    fit = json["fit"]?.int
    interest = json["interest"]?.int
    origin = json["origin"]?.string
  }
}

/// Every byte but the unreserved ones of RFC 3986 as `%XX`.
func percentEncoded(_ text: String) -> String {
  var out = ""
  for byte in text.utf8 {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: "_"), UInt8(ascii: "~"):
      out.unicodeScalars.append(Unicode.Scalar(byte))
    default:
      let hex = String(byte, radix: 16, uppercase: true)
      out += hex.utf8.count == 1 ? "%0\(hex)" : "%\(hex)"
    }
  }
  return out
}
