package import Testing

/// Ties a test to lines of the acceptance list (B001–B225).
///
/// `deploy/behaviours` reads the identifiers from the sources and the results from the test run, and
/// prints which lines have a passing test.
package struct BehaviourTrait: TestTrait, SuiteTrait {
  package let ids: [String]
  package var isRecursive: Bool { true }
  package var comments: [Comment] { ids.map { Comment(rawValue: "behaviour \($0)") } }
}

extension Trait where Self == BehaviourTrait {
  /// `ids`: such as `"B011"`.
  package static func behaviour(_ ids: String...) -> Self { BehaviourTrait(ids: ids) }
}
