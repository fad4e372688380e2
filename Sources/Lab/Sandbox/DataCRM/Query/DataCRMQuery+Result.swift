internal import SandboxLeads
internal import StrictJSON

extension DataCRMQuery {
  private struct Row {
    let id: String
    let number: Int
    let values: [String: String]
    let json: JSON
  }

  func result(in state: DataCRMAccount.State, shownAt: Timestamp) throws(Refusal) -> JSON {
    let (rows, fields) = try rows(in: state, shownAt)
    let names = Set(fields.map(\.name)).union(["id"])
    let references = Set(fields.filter { ["reference", "owner"].contains($0.type) }.map(\.name))
    for condition in conditions.joined() {
      guard names.contains(condition.field) else { throw DataCRMErrors.hidden(condition.field) }
      guard condition.field == "id" || references.contains(condition.field) else { continue }
      guard condition.values.allSatisfy({ $0.split(separator: "x").count == 2 }) else {
        throw DataCRMErrors.badID
      }
    }
    for column in columns ?? [] where !names.contains(column) {
      throw DataCRMErrors.hidden(column)
    }
    // Names in ORDER BY are not checked before the database does.
    guard order.allSatisfy({ names.contains($0.field) }) else { throw DataCRMErrors.database }
    let found = rows.filter(holds).sorted(by: isBefore)
    if columns?.isEmpty == true { return [["count": .string(String(found.count))]] }
    return .array(found.dropFirst(offset).prefix(limit).map(shown))
  }

  private func rows(in state: DataCRMAccount.State, _ shownAt: Timestamp) throws(Refusal)
    -> ([Row], [DataCRMField])
  {
    switch module {
    case "Users":
      let fields = ["user_name", "email1", "first_name", "last_name", "status", "is_admin"]
      return (
        state.users.map { row($0.id, Self.json($0)) }, fields.map { .text($0, $0) }
      )
    case "Groups":
      return (
        state.groups.map { group in
          row(
            group.id,
            ["groupname": .string(group.name), "description": "", "id": .string(group.id)]
          )
        }, [.text("groupname", "groupname"), .text("description", "description")]
      )
    default:
      guard let module = state.modules[module] else { throw DataCRMErrors.unknownModule }
      let rows = state.records.values.filter { $0.module == module.name }.compactMap { record in
        record.values(at: shownAt).map { values in
          row(record.id, DataCRMRecord.json(record.id, values, module), values)
        }
      }
      return (rows, module.fields)
    }
  }

  private func row(_ id: String, _ json: JSON, _ values: [String: String]? = nil) -> Row {
    let texts =
      values
      ?? Dictionary(
        (json.members ?? []).map { ($0.key, $0.value.string ?? "") }
      ) { _, last in last }
    return Row(
      id: id,
      number: Int(id.split(separator: "x").last ?? "") ?? 0,
      values: texts,
      json: json
    )
  }

  static func json(_ user: DataCRMAccount.User) -> JSON {
    [
      "user_name": .string(user.name), "email1": .string(user.email), "first_name": "",
      "last_name": .string(user.name), "status": .string(user.isActive ? "Active" : "Inactive"),
      "is_admin": .string(user.isAdministrator ? "on" : "off"), "id": .string(user.id),
    ]
  }

  private func holds(_ row: Row) -> Bool {
    guard !conditions.isEmpty else { return true }
    return conditions.contains { all in
      all.allSatisfy { condition in
        let text = condition.field == "id" ? row.id : row.values[condition.field] ?? ""
        return condition.isMet(by: text)
      }
    }
  }

  private func isBefore(_ one: Row, _ other: Row) -> Bool {
    for key in order {
      let (left, right) =
        key.field == "id"
        ? (one.id, other.id) : (one.values[key.field] ?? "", other.values[key.field] ?? "")
      if left != right { return (left < right) != key.isDescending }
    }
    return one.number < other.number
  }

  /// The id comes back even where it was not selected.
  private func shown(_ row: Row) -> JSON {
    guard let columns else { return row.json }
    var members = JSON.Members()
    for column in columns { members[column] = row.json[column] ?? .null }
    members["id"] = .string(row.id)
    return .object(members)
  }
}

extension DataCRMQuery.Condition {
  /// Without regard to case and accents, as the database compares.
  fileprivate func isMet(by text: String) -> Bool {
    let text = Self.folded(text)
    return values.contains { value in
      let value = Self.folded(value)
      return switch sign {
      case "=": text == value
      case "!=": text != value
      case "<": text < value
      case ">": text > value
      case "<=": text <= value
      case ">=": text >= value
      default: Self.isLike(Array(text)[...], Array(value)[...])
      }
    }
  }

  private static func isLike(_ text: ArraySlice<Character>, _ pattern: ArraySlice<Character>)
    -> Bool
  {
    guard let sign = pattern.first else { return text.isEmpty }
    if sign == "%" {
      return isLike(text, pattern.dropFirst())
        || (!text.isEmpty && isLike(text.dropFirst(), pattern))
    }
    guard let first = text.first, sign == "_" || sign == first else { return false }
    return isLike(text.dropFirst(), pattern.dropFirst())
  }

  private static let plain: [Character: Character] = [
    "á": "a", "é": "e", "í": "i", "ó": "o", "ú": "u", "ü": "u", "ñ": "n", "ã": "a", "õ": "o",
    "â": "a", "ê": "e", "ô": "o", "ç": "c", "à": "a",
  ]

  private static func folded(_ text: String) -> String {
    String(text.lowercased().map { plain[$0] ?? $0 })
  }
}
