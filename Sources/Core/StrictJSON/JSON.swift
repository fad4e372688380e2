/// A JSON value as it stood in the text: numbers keep their digits, objects their order.
///
/// Foundation's decoder rounds large numbers, keeps one of two equal keys without a word, and needs a
/// type for each shape; webhook bodies need none of the three.
package enum JSON: Sendable, Hashable {
  case null
  case bool(Bool)
  /// The number's own text, such as `818000000000123456` or `1e400`.
  case number(String)
  case string(String)
  case array([JSON])
  case object(Members)

  /// The members of an object, in the order of the text; no key stands twice.
  package struct Members: Sendable, Hashable {
    package var list: [Member]

    package struct Member: Sendable, Hashable {
      package var key: String
      package var value: JSON

      package init(key: String, value: JSON) {
        self.key = key
        self.value = value
      }
    }

    package init(_ list: [Member] = []) { self.list = list }

    package subscript(key: String) -> JSON? {
      get { list.first { $0.key == key }?.value }
      set {
        let index = list.firstIndex { $0.key == key }
        switch (index, newValue) {
        case (let index?, let value?): list[index].value = value
        case (let index?, nil): list.remove(at: index)
        case (nil, let value?): list.append(Member(key: key, value: value))
        case (nil, nil): break
        }
      }
    }
  }

  /// The member of that name, or nil when this is no object or has none.
  package subscript(key: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members[key]
  }

  package var string: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }

  package var array: [JSON]? {
    guard case .array(let items) = self else { return nil }
    return items
  }

  package var members: [Members.Member]? {
    guard case .object(let members) = self else { return nil }
    return members.list
  }

  package var bool: Bool? {
    guard case .bool(let flag) = self else { return nil }
    return flag
  }

  /// The number as an integer, nil when it is none or does not fit.
  package var int: Int? {
    guard case .number(let text) = self else { return nil }
    return Int(text)
  }

  package var double: Double? {
    guard case .number(let text) = self else { return nil }
    return Double(text)
  }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
  package init(stringLiteral value: String) { self = .string(value) }
  package init(integerLiteral value: Int) { self = .number(String(value)) }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(arrayLiteral elements: JSON...) { self = .array(elements) }
  package init(nilLiteral: ()) { self = .null }
  package init(dictionaryLiteral elements: (String, JSON)...) { self = .object(elements) }

  /// An object of these members, none of them twice.
  package static func object(_ members: [(String, JSON)]) -> JSON {
    .object(Members(members.map { Members.Member(key: $0.0, value: $0.1) }))
  }

  package static func number(_ value: Int) -> JSON { .number(String(value)) }

  /// The text as a string, or null for nil.
  package static func optional(_ text: String?) -> JSON { text.map(JSON.string) ?? .null }
}
