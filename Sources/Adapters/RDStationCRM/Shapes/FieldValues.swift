import Leads
import StrictJSON

/// Fields of a draft, by what the account knows of them.
struct FieldValues: Sendable, Hashable {
  private(set) var custom: [String: JSON] = [:]
  private(set) var native: [NativeField: [String]] = [:]

  /// - Throws: ``CRMError`` of code `configuration` for a field or an option that the account does not
  ///   have (any more); nothing is called with it.
  init(_ values: [FieldValue], of record: RecordKind, in lists: AccountLists) throws(CRMError) {
    for value in values {
      if let field = lists.field(value.name, of: record) {
        custom[field.key] = try Self.json(value, field)
      } else if let field = NativeField(value.name, of: record) {
        guard field != .value || value.values.allSatisfy(Self.isAmount) else {
          throw .settings("no_amount", "RD Station CRM takes only an amount as “\(value.name)”.")
        }
        native[field] = value.values
      } else {
        throw .settings("field_gone", "RD Station CRM has no field “\(value.name)” there.")
      }
    }
  }

  /// The text of a field that is no list; nil where it is not named, or emptied.
  func text(_ field: NativeField) -> String? {
    native[field].flatMap { $0.isEmpty ? nil : $0.joined(separator: ", ") }
  }

  /// What of it a record does not hold yet.
  func changed(from held: [String: JSON]) -> [String: JSON] {
    custom.filter { key, value in
      let now = held[key] ?? .null
      return now != value && !(now.isEmpty && value.isEmpty)
    }
  }

  private static func json(_ value: FieldValue, _ field: AccountLists.Field) throws(CRMError)
    -> JSON
  {
    if field.type.hasOptions, !field.takesNewOptions,
      let gone = value.values.first(where: { !field.options.contains($0) })
    {
      throw .settings(
        "option_gone",
        "The list “\(field.label)” of RD Station CRM has no option “\(gone)”."
      )
    }
    switch field.type {
    case .multipleChoice: return .array(value.values.map(JSON.string))
    case .date: return value.values.first.map { .string(slashed($0)) } ?? .null
    default: return value.values.isEmpty ? .null : .string(value.value)
    }
  }

  private static func isAmount(_ text: String) -> Bool {
    Double(text).map { (0..<1e13).contains($0) } ?? false
  }

  /// `2026-11-30` as the vendor takes a date: `30/11/2026`.
  private static func slashed(_ date: String) -> String {
    let parts = date.split(separator: "-")
    return parts.count == 3 ? parts.reversed().joined(separator: "/") : date
  }
}

extension JSON {
  fileprivate var isEmpty: Bool { self == .null || self == "" || self == [] }
}
