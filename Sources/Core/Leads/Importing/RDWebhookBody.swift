package import Belt
private import Crypto
package import StrictJSON

/// What a webhook body of RD Station holds: the events of one or more leads.
///
/// RD Station has two incompatible bodies, chosen by where the webhook was made
/// (rd-station-marketing.md 3.1): `{"leads":[…]}` and `{"event_type":…,"contact":{…}}`.
package enum RDWebhookBody {
  /// One lead of a body, read or refused.
  package typealias Item = Result<LeadEvent, Unreadable>

  /// Why a body, or one lead of it, is none.
  package struct Unreadable: Error, Sendable, Hashable {
    package let detail: String
    /// A webhook of RD Station that is not about a lead.
    package var isOfAnotherKind = false
  }

  /// The leads of a whole body, each read or refused.
  ///
  /// `trigger` is what the hook's address says, which the older body does not tell; for nil and a flow
  /// the newer of the two times decides.
  package static func items(
    of json: JSON,
    in integration: String,
    trigger: HookTrigger?
  ) throws(Unreadable) -> [Item] {
    if let leads = json["leads"] {
      let elements = try elements(of: leads)
      guard elements.count <= leadsMax else {
        throw Unreadable(detail: "it holds more than \(leadsMax) leads")
      }
      return elements.map { LegacyLead.event(from: $0, in: integration, trigger: trigger) }
    }
    if json["contact"] != nil, let type = json["event_type"]?.string {
      return [CurrentContact.event(from: json, in: integration, type: type)]
    }
    if json["event_name"] != nil, json["document"] != nil {
      throw Unreadable(
        detail: "it tells of a deal of RD Station CRM, and not of a lead",
        isOfAnotherKind: true
      )
    }
    throw Unreadable(
      detail: "it is no body of RD Station: it has neither leads nor event_type with contact"
    )
  }

  /// The leads of a body as they were sent; nil for a body of one.
  static func leads(of json: JSON) throws(Unreadable) -> [JSON]? {
    guard let leads = json["leads"] else { return nil }
    return try elements(of: leads)
  }

  /// Leads of one body; RD Station sends one, and each becomes a journey of its own.
  package static let leadsMax = 1_000

  /// Custom fields of one lead; each look-up of a field passes them all.
  package static let customFieldsMax = 1_000

  /// The leads of a body as they came; empty for what has no more than one, or cannot be taken apart.
  package static func leads(in body: [UInt8]) -> [JSON] {
    do {
      let elements = try elements(of: try JSON(parsing: body)["leads"] ?? .null)
      return elements.count > 1 ? elements : []
    } catch {
      // It stays whole, and is put aside as it is.
      return []
    }
  }

  /// Some senders put the list into a string.
  private static func elements(of leads: JSON) throws(Unreadable) -> [JSON] {
    if let list = leads.array { return list }
    if let text = leads.string {
      do {
        if let list = try JSON(parsing: Array(text.utf8)).array { return list }
      } catch {
        throw Unreadable(detail: "its leads are a string that is no JSON: \(error)")
      }
    }
    throw Unreadable(detail: "its leads are no list")
  }

  /// What names a lead, with the lead; or why it is refused.
  static func subject(
    of lead: LeadProfile,
    in json: JSON
  ) -> Result<(subject: String, lead: LeadProfile), Unreadable> {
    for key in ["uuid", "id", "email"] {
      let length = json[key]?.string?.trimmed.unicodeScalars.count ?? 0
      guard length <= TextLimits.name else {
        return .failure(
          Unreadable(detail: "its \(key) is longer than \(TextLimits.name) characters")
        )
      }
    }
    guard lead.customFields.count <= customFieldsMax else {
      return .failure(Unreadable(detail: "it has more than \(customFieldsMax) custom fields"))
    }
    let email = lead.email?.address?.mailbox
    guard let subject = lead.rdUUID ?? email ?? lead.rdID else {
      return .failure(Unreadable(detail: "the lead has neither uuid, id nor a valid e-mail"))
    }
    return .success((subject, lead))
  }

  /// Custom fields as they are kept.
  static func customFields(_ members: [JSON.Members.Member]) -> [JSON.Members.Member] {
    members.map { .init(key: $0.key.nfc, value: $0.value.asCustomField) }
  }

  /// A fingerprint of a value, whatever the order of its members.
  static func fingerprint(of json: JSON) -> String { hash(sorted(json.nfc).text) }

  private static func sorted(_ json: JSON) -> JSON {
    switch json {
    case .null, .bool, .number, .string: json
    case .array(let items): .array(items.map(sorted))
    case .object(let members):
      .object(members.list.sorted { $0.key < $1.key }.map { ($0.key, sorted($0.value)) })
    }
  }

  /// A fingerprint of what has no identity of its own.
  static func hash(_ parts: String?...) -> String {
    var hash = SHA256()
    for part in parts { hash.update(data: Array((part ?? "").utf8) + [0]) }
    return hash.finalize().prefix(16).map { hex($0) }.joined()
  }

  private static func hex(_ byte: UInt8) -> String {
    let text = String(byte, radix: 16)
    return text.count == 1 ? "0" + text : text
  }
}
