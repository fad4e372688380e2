import Operations

/// Compared books in words.
enum ReconciliationText {
  static func text(of result: Reconciliation) -> String {
    let count = result.differences.count
    let verdict =
      count == 0
      ? "\(result.integration): the books agree"
      : "\(result.integration): \(count == 1 ? "one difference" : "\(count) differences")"
    let lines = result.notes.map { "  \($0)" } + result.differences.sorted().map { "  ! \($0)" }
    return ([verdict] + lines).joined(separator: "\n")
  }
}
