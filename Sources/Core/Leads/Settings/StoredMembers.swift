import StrictJSON

/// Reading and writing the members of a stored settings document.
extension JSON {
  static func strings(_ list: [String]) -> JSON { .array(list.map(JSON.string)) }

  /// By name, so that equal tables have equal texts.
  static func texts(_ table: [String: String]) -> JSON {
    .object(table.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })
  }

  func text(_ key: String) throws(SettingsFault) -> String {
    guard let text = self[key]?.string else { throw SettingsFault(member: key) }
    return text
  }

  /// Without a default, a missing member is a fault.
  func flag(_ key: String, orElse fallback: Bool? = nil) throws(SettingsFault) -> Bool {
    guard let flag = self[key]?.bool ?? (self[key] == nil ? fallback : nil) else {
      throw SettingsFault(member: key)
    }
    return flag
  }

  /// Without a default, a missing member is a fault.
  func choice<Choice: RawRepresentable<String>>(_ key: String, orElse fallback: Choice? = nil)
    throws(SettingsFault) -> Choice
  {
    guard let text = self[key]?.string else {
      guard self[key] == nil, let fallback else { throw SettingsFault(member: key) }
      return fallback
    }
    guard let choice = Choice(rawValue: text) else { throw SettingsFault(member: key) }
    return choice
  }

  func texts(_ key: String) throws(SettingsFault) -> [String] {
    try list(key) { item throws(SettingsFault) in
      guard let text = item.string else { throw SettingsFault(member: key) }
      return text
    }
  }

  /// Empty when the member is missing.
  func textTable(_ key: String) throws(SettingsFault) -> [String: String] {
    var table: [String: String] = [:]
    for member in self[key]?.members ?? [] {
      guard let text = member.value.string else { throw SettingsFault(member: key) }
      table[member.key] = text
    }
    return table
  }

  func list<Item>(
    _ key: String,
    _ make: (JSON) throws(SettingsFault) -> Item
  ) throws(SettingsFault) -> [Item] {
    guard let items = self[key]?.array else { throw SettingsFault(member: key) }
    var made: [Item] = []
    for item in items { made.append(try make(item)) }
    return made
  }

  /// A list that earlier versions did not store: empty when it is missing.
  func laterList<Item>(
    _ key: String,
    _ make: (JSON) throws(SettingsFault) -> Item
  ) throws(SettingsFault) -> [Item] {
    self[key] == nil ? [] : try list(key, make)
  }
}
