import Belt
import Leads
import StrictJSON

/// A webhook of TOTVS CRM's Workflow module: which record changed, and nothing of it that is believed
/// (totvs-crm.md 5).
struct WorkflowHook: Sendable, Hashable {
  let change: CRMChange?

  /// Unknown members are passed over, and so are those that only people read.
  ///
  /// - Throws: ``CRMError`` of code `refused` for a body without an event, an object's address and a row.
  init(_ bytes: [UInt8]) throws(CRMError) {
    let body: JSON
    do throws(JSONError) {
      body = try JSON(parsing: bytes)
    } catch {
      throw .malformed("\(error)")
    }
    guard body["eventId"]?.string?.nonBlank != nil else { throw .malformed("no eventId") }
    let source = body["source"]
    guard let address = source?["object"]?["contextUrl"]?.string,
      let path = ContextPath(address)
    else { throw .malformed("no contextUrl that is a path of the API") }
    guard let id = source?["row"]?["id"]?.string, RestQuery("id", id) != nil else {
      throw .malformed("no id of a row")
    }
    change = path.kind.map { CRMChange($0, CRMRecord(id: id)) }
  }
}

/// The address of an object: a path of the API and never more, as it comes from outside.
///
/// It is not called: the version in it is of no use where the integration endpoint reads the record.
private struct ContextPath {
  let kind: RecordKind?

  init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 5, parts[0].isEmpty, parts[1] == "api", parts[2].hasPrefix("v"),
      Int(parts[2].dropFirst()) != nil,
      parts[3...].allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(Self.isOfName) })
    else { return nil }
    kind =
      switch (parts[3], parts[4]) {
      case ("opportunity", "opportunities"): .opportunity
      case ("customer", "leads"): .contact
      default: nil
      }
  }

  private static func isOfName(_ byte: UInt8) -> Bool {
    (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte) || byte == UInt8(ascii: "-")
  }
}

extension CRMError {
  fileprivate static func malformed(_ detail: String) -> CRMError {
    CRMError(.refused, Reason("message_malformed", "TOTVS CRM's webhook: \(detail)."))
  }
}
