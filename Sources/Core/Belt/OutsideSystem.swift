/// A system outside that the fleet calls.
package struct OutsideSystem: Sendable, Hashable {
  /// As people call it.
  package let name: String
  /// The beginning of its reasons' codes, and its key in the database: lower case.
  package let code: String

  package init(name: String, code: String) {
    self.name = name
    self.code = code
  }
}
