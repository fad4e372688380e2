/// The keys of one mapping of the document: what the reading accepts, and what editors are told.
struct KeyTable: Sendable, ExpressibleByDictionaryLiteral {
  let keys: [(name: String, shape: Shape)]

  init(_ keys: [(String, Shape)]) { self.keys = keys.map { (name: $0, shape: $1) } }

  init(dictionaryLiteral keys: (String, Shape)...) { self.init(keys) }

  var names: [String] { keys.map(\.name) }
}

/// What may stand at one place of the document.
indirect enum Shape: Sendable {
  case text
  /// Where a secret is, `env:NAME` or `file:PATH`.
  case secret
  /// True or false; the value is what holds when nothing is said.
  case flag(Bool)
  /// From 1.
  case count
  case word([String], preset: String? = nil)
  case list(Shape)
  /// A mapping whose keys are names of the user's own.
  case names(Shape)
  case section(KeyTable)
  case oneOf([Shape])
  /// A key's, with what the editor shows to people who write the document.
  case told(Shape, String, isRequired: Bool)

  func says(_ text: String) -> Shape { .told(self, text, isRequired: false) }

  func required(_ text: String) -> Shape { .told(self, text, isRequired: true) }

  var isRequired: Bool { if case .told(_, _, isRequired: true) = self { true } else { false } }
}
