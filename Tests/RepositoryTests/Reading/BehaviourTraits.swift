/// The lines of the acceptance list to which code ties its tests.
enum BehaviourTraits {
  static func ids(in code: String) -> Set<String> {
    let traits = code.matches(of: /\.behaviour\(([^)]*)\)/)
    // Three digits, so that a pattern for them, as in this folder, is none.
    return Set(traits.flatMap { $0.1.matches(of: /"(B\d{3})"/).map { String($0.1) } })
  }
}
