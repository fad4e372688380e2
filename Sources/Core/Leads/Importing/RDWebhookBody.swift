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
  }

  /// The leads of a whole body, each read or refused.
  ///
  /// `trigger` is what the hook's address says of the trigger (`conversion`, `opportunity`), which
  /// the older body does not tell; nil decides by the newer of the two times.
  package static func items(of json: JSON, trigger: String?) throws(Unreadable) -> [Item] {
    if let leads = json["leads"] {
      return try elements(of: leads).map { LegacyLead.event(from: $0, trigger: trigger) }
    }
    if json["contact"] != nil, let type = json["event_type"]?.string {
      return [CurrentContact.event(from: json, type: type)]
    }
    throw Unreadable(detail: "it has neither leads nor event_type with contact")
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

extension JSON {
  /// A text that says something: trimmed, nil for null, blank and other types.
  func words(_ key: String) -> String? { self[key]?.string?.nonBlank }

  /// A number that may be written as a string.
  func count(_ key: String) -> Int? { self[key]?.int ?? self[key]?.string.flatMap { Int($0) } }

  /// A boolean that may be written as a string.
  func truth(_ key: String) -> Bool? {
    if let flag = self[key]?.bool { return flag }
    switch self[key]?.string?.lowercased() {
    case "true": return true
    case "false": return false
    default: return nil
    }
  }

  /// A list of texts; null and a missing member are nil.
  func list(_ key: String) -> [String]? { self[key]?.array?.compactMap { $0.string?.nonBlank } }
}
