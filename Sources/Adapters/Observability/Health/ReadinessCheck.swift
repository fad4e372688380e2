/// One thing that a program needs in order to work, and whether it has it.
package struct ReadinessCheck: Sendable, Hashable {
  /// Short and constant, such as `broker`.
  package let name: String
  package let isReady: Bool
  /// What is wrong and what to do, when it is not ready; without secrets, for anybody may ask.
  package let detail: String

  /// What is worth knowing though nothing is wrong; without secrets.
  package let note: String?

  package init(_ name: String, isReady: Bool, detail: String = "", note: String? = nil) {
    self.name = name
    self.isReady = isReady
    self.detail = detail
    self.note = note
  }
}
