import Belt
import Leads
import StrictJSON

/// How rows of the tenant's tables are written: assumed but for `id` and `description`, which other
/// registers of TOTVS CRM have (totvs-crm.md 6.1).
extension TOTVSTenant.Entry {
  init(row: JSON) throws(CRMError) {
    guard let id = row["id"]?.string.flatMap({ Identifier($0) }),
      let description = row["description"]?.string
    else { throw .unreadable("a row without id and description") }
    self.init(id: id, description: description)
  }
}

extension TOTVSTenant.User {
  init(row: JSON) throws(CRMError) {
    guard let id = row["id"]?.string.flatMap({ Identifier($0) }) else {
      throw .unreadable("a user without id")
    }
    self.init(
      id: id,
      email: row["email"]?.string ?? "",
      isActive: row["active"]?.bool ?? true,
      hasRole: row["roles"]?.array?.isEmpty == false
    )
  }
}

extension CRMCatalogue.Field {
  init(_ row: JSON, of record: RecordKind) throws(CRMError) {
    guard let name = row["name"]?.string else { throw .unreadable("a field without name") }
    self.init(
      record: record,
      name: name,
      type: row["type"]?.string.flatMap { Self.types[$0] } ?? .text,
      options: row["options"]?.array?.compactMap(\.string) ?? [],
      isRequired: row["required"]?.bool ?? false
    )
  }

  /// A type that is not here is written as a text.
  private static let types: [String: FieldType] = [
    "TEXT": .text, "TEXTAREA": .textArea, "NUMBER": .number, "MONEY": .money, "DATE": .date,
    "BOOLEAN": .yesNo, "LIST": .choice, "MULTILIST": .multipleChoice,
  ]
}

extension CRMError {
  /// An answer that is not what the reference says, to a call that changed nothing.
  static func unreadable(_ what: String) -> CRMError {
    CRMError(
      .unavailable,
      Reason("totvs_unreadable", "TOTVS CRM's answer cannot be understood: \(what).")
    )
  }
}
