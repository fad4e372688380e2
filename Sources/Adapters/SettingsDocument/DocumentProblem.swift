/// One thing that is wrong, or odd, in a settings document.
package struct DocumentProblem: Sendable, Hashable {
  /// From 1.
  package let line: Int
  /// Such as `triggers[1].stage`, counted from 0; empty for the document as a whole.
  package let path: String
  /// What it is and what would be right, without quoting a secret.
  package let sentence: String
}

extension DocumentProblem: CustomStringConvertible {
  package var description: String {
    path.isEmpty ? "\(line): \(sentence)" : "\(line): \(path): \(sentence)"
  }
}

/// Everything that is wrong in a settings document, in the order of its lines; nothing was applied.
package struct SettingsDocumentError: Error, Sendable, Hashable {
  /// The document's name, as the operator gave it.
  package let file: String
  /// At least one.
  package let problems: [DocumentProblem]
}

extension SettingsDocumentError: CustomStringConvertible {
  package var description: String {
    problems.map { "\(file):\($0)" }.joined(separator: "\n")
  }
}
