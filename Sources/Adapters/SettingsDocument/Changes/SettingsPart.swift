/// One thing that settings tell: a trigger, a row of the mapping, a user, or a single value.
struct SettingsPart: Hashable {
  enum Kind {
    case value, trigger, row, user, team, pipeline, crmField, rdField, variable

    /// For people, such as `team “inbound”`.
    func title(of name: String) -> String {
      switch self {
      case .value, .trigger: name
      case .row: "field \(name)"
      case .user: "user \(name)"
      case .team: "team “\(name)”"
      case .pipeline: "pipeline “\(name)”"
      case .crmField: "CRM field \(name)"
      case .rdField: "RD Station's field \(name)"
      case .variable: "variable \(name)"
      }
    }
  }

  struct Member: Hashable {
    /// Empty for the single value of a part that has nothing else.
    let name: String
    let value: Value
  }

  enum Value: Hashable {
    case none
    case word(String)
    case list([String])
  }

  let kind: Kind
  /// What makes it the same part in another version, within its kind.
  let identity: String
  /// For people, such as `trigger 2 (any conversion)`.
  let title: String
  let members: [Member]

  init(_ kind: Kind, _ identity: String, title: String? = nil, _ members: [(String, Value)]) {
    self.kind = kind
    self.identity = identity
    self.title = title ?? kind.title(of: identity)
    self.members = members.map { Member(name: $0.0, value: $0.1) }
  }

  subscript(name: String) -> Value { members.first { $0.name == name }?.value ?? .none }

  /// What it says, without what it leaves open.
  var words: String {
    members.filter { $0.value != .none }
      .map { $0.name.isEmpty ? $0.value.words : "\($0.name) \($0.value.words)" }
      .joined(separator: ", ")
  }
}

extension SettingsPart.Value {
  static func name(_ text: String?) -> Self { text.map { .word("“\($0)”") } ?? .none }

  static func flag(_ flag: Bool) -> Self { .word(flag ? "true" : "false") }

  static func names(_ list: [String]) -> Self { list.isEmpty ? .none : .list(list) }

  var words: String {
    switch self {
    case .none: "none"
    case .word(let word): word
    case .list(let names): names.map { "“\($0)”" }.joined(separator: ", ")
    }
  }

  /// What a list got and lost, where the rest kept its order; else before and after.
  func words(to after: Self) -> String {
    let (old, new) = (names, after.names)
    guard let old, let new, old.filter(new.contains) == new.filter(old.contains) else {
      return "\(words) → \(after.words)"
    }
    let gone = old.filter { !new.contains($0) }.map { "- “\($0)”" }
    let come = new.filter { !old.contains($0) }.map { "+ “\($0)”" }
    return (come + gone).joined(separator: ", ")
  }

  /// Nil for anything but a list; none is an empty one.
  private var names: [String]? {
    switch self {
    case .none: []
    case .list(let names): names
    case .word: nil
    }
  }
}
