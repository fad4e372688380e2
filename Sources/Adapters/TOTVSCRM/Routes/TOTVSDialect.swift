import Belt
import Leads
package import OutsideCalls
import StrictJSON

/// What an error answer of TOTVS CRM says; every member may be missing, and the body may be a page.
///
/// Assumed, after the general guideline of TOTVS APIs (totvs-crm.md 3.1).
struct TOTVSErrorBody: Equatable {
  var code: String?
  /// The member of the request that was refused, such as `customFields.segmento`.
  var field: String?

  init(parsing bytes: [UInt8]) {
    do throws(JSONError) {
      let body = try JSON(parsing: bytes)
      let detail = body["details"]?.array?.first
      code = (detail?["code"] ?? body["code"])?.string.flatMap(Self.word)
      field = detail?["field"]?.string.flatMap(Self.word)
    } catch {
      // The status alone decides.
      return
    }
  }

  /// The text where it is safe to log.
  private static func word(_ text: String) -> String? {
    let isWord = text.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
    }
    return isWord && (1...64).contains(text.utf8.count) ? text : nil
  }
}

extension Dialect {
  /// TOTVS CRM says no by the status; a 409 is documented as one to try again.
  package static let totvs = Dialect(.totvs) { reply in
    guard !(200..<300).contains(reply.status) else { return nil }
    let said = TOTVSErrorBody(parsing: reply.body)
    return Objection(
      type: said.code,
      path: said.field,
      cause: reply.status == 409 ? .conflict : nil
    )
  }
}

extension CRMError {
  /// What a call that did not end well means at the port.
  init(_ error: CallError) {
    self.init(error, isOfSettings: error.isOfTheSettings)
  }
}

extension CallError {
  /// A permission that the user lacks, or what the settings name and the tenant does not have: a custom
  /// field, an option of one, the id of something.
  fileprivate var isOfTheSettings: Bool {
    guard case .refused(_, let path) = cause else { return false }
    return status == 403 || path?.hasPrefix("customFields.") == true
      || path?.hasSuffix(".id") == true
      || path.map { $0.hasSuffix("Id") && $0 != "leadId" && $0 != "externalId" } == true
  }
}
