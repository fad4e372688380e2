import Belt
package import Leads
import StrictJSON

extension DataCRM {
  /// Reads the call of an account's automatic task, as JSON or as a form.
  ///
  /// It needs an `id`, or a number with the `module` beside it. All else in it is the customer's choice, and
  /// nothing of it is believed.
  ///
  /// The module follows from the id's prefix, by the account's forms once they were read, until then by
  /// the core's usual numbers.
  package func changes(in hook: [UInt8]) throws(CRMError) -> [CRMChange] {
    let named = Self.parameters(in: hook)
    guard let id = named["id"] else { throw .malformedHook }
    if DataCRMRow.isID(id) {
      let prefix = id.prefix { $0 != "x" }
      guard let kind = RecordKind.allCases.first(where: { self.prefix(of: $0) == prefix }) else {
        throw .malformedHook
      }
      return [CRMChange(kind, CRMRecord(id: id))]
    }
    guard let module = named["module"],
      let kind = RecordKind.allCases.first(where: { $0.module == module }),
      DataCRMRow.isID("\(prefix(of: kind))x\(id)")
    else { throw .malformedHook }
    return [CRMChange(kind, CRMRecord(id: "\(prefix(of: kind))x\(id)"))]
  }

  private func prefix(of kind: RecordKind) -> String {
    if let known = memory.account?.forms[kind]?.idPrefix { return known }
    return switch kind {
    case .company: "11"
    case .contact: "12"
    case .opportunity: "13"
    }
  }

  private static func parameters(in hook: [UInt8]) -> [String: String] {
    do throws(JSONError) {
      let members = try JSON(parsing: hook).members ?? []
      let texts = members.compactMap { member -> (String, String)? in
        switch member.value {
        case .string(let text), .number(let text): (member.key, text)
        default: nil
        }
      }
      return Dictionary(texts) { _, last in last }
    } catch {
      return form(hook)
    }
  }

  /// Ids and modules hold nothing that a form would encode, so what is encoded is passed over.
  private static func form(_ bytes: [UInt8]) -> [String: String] {
    let pairs = bytes.split(separator: UInt8(ascii: "&")).compactMap { pair -> (String, String)? in
      let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1)
      guard parts.count == 2 else { return nil }
      return (String(decoding: parts[0], as: UTF8.self), String(decoding: parts[1], as: UTF8.self))
    }
    return Dictionary(pairs) { _, last in last }
  }
}

extension CRMError {
  fileprivate static let malformedHook = CRMError(
    .refused,
    Reason("message_malformed", "DataCRM's call names no record of a contact, a client or a deal.")
  )
}
