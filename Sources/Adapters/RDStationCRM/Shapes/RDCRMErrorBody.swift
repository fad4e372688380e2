import Belt
package import OutsideCalls
import StrictJSON

/// What a refusal of RD Station CRM says, whichever of its shapes it has.
///
/// The shapes: `errors` as an object of lists of texts or of objects, an object with `error_type`, an
/// array, a text; `error` alone; `detail` in an array or alone (v2); a page of HTML.
struct RDCRMErrorBody: Equatable {
  /// The vendor's word, or one of ours where it has only sentences: safe to log.
  var type: String?
  /// The member of the request that is refused.
  var path: String?

  init(parsing bytes: [UInt8]) {
    let body: JSON
    do throws(JSONError) {
      body = try JSON(parsing: bytes)
    } catch {
      // A page for people: the status alone decides.
      return
    }
    isOfVendor = body["errors"] != nil
    let errors = body["errors"] ?? body
    switch errors {
    case .string(let text):
      type = text.contains("custom field") ? Self.noSuchField : "BAD_REQUEST"
    case .array(let items):
      let first = items.first ?? .null
      if let detail = first["detail"]?.string {
        type = Self.word(of: detail)
      } else {
        type = first["error_type"]?.string.flatMap(Self.token)
        path = first["feature"]?.string.flatMap(Self.token)
      }
    case .object(let members):
      if let text = members["error_type"]?.string {
        type = Self.token(text)
      } else if let detail = members["detail"]?.string {
        type = Self.word(of: detail)
      } else if members["error"] != nil || members["message"] != nil {
        type = members["error"]?.string.flatMap(Self.token)
      } else if let first = members.list.first {
        path = Self.token(first.key)
        type = first.value.array?.first?["error_type"]?.string.flatMap(Self.token) ?? "INVALID"
      }
    default: break
    }
  }

  /// Whether it is a refusal of the application itself, as each of its 404s is, and not of what stands
  /// before it.
  private(set) var isOfVendor = false

  static let noSuchField = "NO_SUCH_FIELD"
  static let nameTaken = "NAME_TAKEN"

  /// Whether it is the customer's set-up, and not this record, that has to change.
  var isOfSettings: Bool {
    type == Self.noSuchField || type == "CUSTOM_FIELD" || path?.hasSuffix("custom_fields") == true
  }

  /// v2 says everything in sentences; a few of them are known.
  private static func word(of detail: String) -> String {
    if detail.contains("já cadastrada") { return nameTaken }
    if detail.hasPrefix("Custom field") { return "CUSTOM_FIELD" }
    return token(detail) ?? "INVALID"
  }

  /// The text when it is one word that is safe to log.
  private static func token(_ text: String) -> String? {
    let isWord = text.utf8.allSatisfy {
      (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || (0x30...0x39).contains($0)
        || $0 == UInt8(ascii: "_")
    }
    return isWord && !text.isEmpty && text.utf8.count <= 64 ? text : nil
  }
}

extension Dialect {
  /// RD Station CRM says no by the status, and says why in one of its shapes.
  package static let rdStationCRM = Dialect(.rdStationCRM) { reply in
    guard !(200..<300).contains(reply.status) else { return nil }
    let said = RDCRMErrorBody(parsing: reply.body)
    if reply.status == 404, !said.isOfVendor {
      // The gateway, or somebody before it: no word about the record.
      return Objection(type: nil, cause: .failing(wait: nil))
    }
    // `{"name": […]}` of an organization is how v1 says that the name is there already.
    let type = said.isOfSettings ? "CUSTOM_FIELD" : said.type
    return Objection(type: type, path: said.path)
  }
}
