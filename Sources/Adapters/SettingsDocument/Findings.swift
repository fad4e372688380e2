/// Collects what a reading of a document finds, so that all of it can be told at once.
final class Findings {
  private(set) var problems: [DocumentProblem] = []
  private(set) var warnings: [DocumentProblem] = []

  func problem(_ line: Int, _ path: String, _ sentence: String) {
    problems.append(DocumentProblem(line: line, path: path, sentence: sentence))
  }

  func warning(_ line: Int, _ path: String, _ sentence: String) {
    warnings.append(DocumentProblem(line: line, path: path, sentence: sentence))
  }
}

extension [DocumentProblem] {
  /// By line; those of one line as they were found.
  var byLine: [DocumentProblem] {
    enumerated().sorted { ($0.element.line, $0.offset) < ($1.element.line, $1.offset) }
      .map(\.element)
  }
}
