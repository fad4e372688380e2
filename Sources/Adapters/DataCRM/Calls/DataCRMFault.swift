package import Belt
package import OutsideCalls
import StrictJSON

/// Why DataCRM refused, by its code and message.
struct DataCRMFault: Sendable, Hashable {
  /// Safe to log; `0` for a plain exception, which a refused duplicate is.
  let code: String
  let message: String

  init?(_ json: JSON) {
    guard let message = json["message"]?.string else { return nil }
    switch json["code"] {
    case .string(let text): code = Self.isWord(text) ? text : "UNNAMED"
    case .number(let text): code = Self.isWord(text) ? text : "UNNAMED"
    default: return nil
    }
    self.message = message
  }

  /// The account was closed by the vendor, it seems for unpaid bills.
  static let blocked = "CRM blocked"
  static let duplicate = "DUPLICATE"
  static let denied = "ACCESS_DENIED"
  static let staleChallenge = "INVALID_AUTH_TOKEN"

  /// A record that a rule against duplicates refused; the words depend on the language of the login's user.
  private var isDuplicate: Bool {
    let words = ["There is already a record in the", "El registro ya existe en el sistema"]
    return code == "0" || words.contains { message.contains($0) }
  }

  var cause: CallError.Cause {
    if message.contains(Self.blocked) { return .loginDead }
    switch code {
    // Of the session, which one login mends, and of the login itself.
    case "INVALID_SESSIONID", "SESSION_EXPIRED", "SESSION_LEFT_IDLE", "AUTHENTICATION_REQUIRED",
      "INVALID_USER_CREDENTIALS", "ACCESSKEY_UNDEFINED", "AUTHENTICATION_FAILURE":
      return .loginDead
    case "DATABASE_QUERY_ERROR", "INTERNAL_SERVER_ERROR": return .failing(wait: nil)
    case "RECORD_NOT_FOUND": return .notFound
    default:
      return .refused(type: isDuplicate ? Self.duplicate : code, path: field)
    }
  }

  /// The field that a message such as `lastname does not have a value` names.
  private var field: String? {
    guard code == "MANDATORY_FIELDS_MISSING",
      let word = message.split(separator: " ").first.map(String.init), Self.isWord(word)
    else { return nil }
    return word
  }

  private static func isWord(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
          || byte == UInt8(ascii: "_")
      }
  }
}

extension OutsideSystem {
  package static let dataCRM = OutsideSystem(name: "DataCRM", code: "datacrm")
}

extension Dialect {
  /// DataCRM answers 200 whatever happens, and says in the body whether it did it.
  package static let dataCRM = Dialect(.dataCRM) { reply in
    switch DataCRMAnswer(parsing: reply.body) {
    case .failure(let fault): return Objection(type: fault.code, cause: fault.cause)
    case .result: return nil
    case nil:
      let isBlocked = reply.body.firstRange(of: Array(DataCRMFault.blocked.utf8)) != nil
      return isBlocked ? Objection(type: "BLOCKED", cause: .loginDead) : nil
    }
  }
}
