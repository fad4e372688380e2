/// Collects what a reading of a document finds, so that all of it can be told at once.
///
/// A place may be read more than once; what is found there is told once.
final class Findings {
  private(set) var problems: [DocumentProblem] = []
  private(set) var warnings: [DocumentProblem] = []

  func problem(_ line: Int, _ path: String, _ sentence: String) {
    let problem = DocumentProblem(line: line, path: path, sentence: sentence)
    if !problems.contains(problem) { problems.append(problem) }
  }

  func warning(_ line: Int, _ path: String, _ sentence: String) {
    let warning = DocumentProblem(line: line, path: path, sentence: sentence)
    if !warnings.contains(warning) { warnings.append(warning) }
  }
}

extension [DocumentProblem] {
  /// By line; those of one line as they were found.
  var byLine: [DocumentProblem] {
    enumerated().sorted { ($0.element.line, $0.offset) < ($1.element.line, $1.offset) }
      .map(\.element)
  }
}
