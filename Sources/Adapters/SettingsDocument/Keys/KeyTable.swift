/// The keys of one mapping of the document: what the reading accepts, and what editors are told.
struct KeyTable: Sendable {
  let keys: [Key]

  init(_ keys: [Key]) { self.keys = keys }

  var names: [String] { keys.map(\.name) }
}

struct Key: Sendable {
  let name: String
  let shape: Shape
  /// For people who write the document, shown by their editor.
  let text: String
  let isRequired: Bool

  init(_ name: String, _ shape: Shape, _ text: String, isRequired: Bool = false) {
    self.name = name
    self.shape = shape
    self.text = text
    self.isRequired = isRequired
  }
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
}
