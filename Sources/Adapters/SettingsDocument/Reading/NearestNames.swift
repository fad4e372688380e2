import Leads

/// The names that somebody may have meant.
package enum NearestNames {
  /// Completes a sentence about a name that does not exist: `; did you mean “Novo”?`, or what there
  /// is, or nothing.
  ///
  /// At most eight names are listed, after a verb such as `there are`.
  package static func hint(for name: String, among names: [String], listing verb: String) -> String
  {
    let near = closest(to: name, among: names)
    if !near.isEmpty { return "; did you mean \(quoted(near, last: " or "))?" }
    guard !names.isEmpty else { return "" }
    let more = names.count > 8 ? " and \(names.count - 8) more" : ""
    return "; \(verb) \(quoted(Array(names.prefix(8)), last: more.isEmpty ? " and " : ", "))\(more)"
  }

  /// At most three names within a third of the length, nearest first; case and accents do not count,
  /// and where only they differ nothing else is meant.
  package static func closest(to name: String, among names: [String]) -> [String] {
    let wanted = Array(name.folded)
    let limit = max(1, (wanted.count + 1) / 3)
    let near = names.enumerated().compactMap { index, candidate -> (Int, Int, String)? in
      let other = Array(candidate.folded)
      let distance = distance(wanted, other)
      let isPart = wanted.count >= 3 && String(other).contains(String(wanted))
      return distance <= limit || isPart ? (distance, index, candidate) : nil
    }
    let same = near.filter { $0.0 == 0 }
    let best = same.isEmpty ? near.sorted { ($0.0, $0.1) < ($1.0, $1.1) } : same
    return best.prefix(3).map(\.2)
  }

  /// How many letters must be put in, taken out or replaced.
  private static func distance(_ left: [Character], _ right: [Character]) -> Int {
    var row = Array(0...right.count)
    for (i, character) in left.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, other) in right.enumerated() {
        let replaced = diagonal + (character == other ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
      }
    }
    return row[right.count]
  }

  private static func quoted(_ names: [String], last separator: String) -> String {
    let words = names.map { "“\($0)”" }
    guard words.count > 1, let last = words.last else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + separator + last
  }
}
