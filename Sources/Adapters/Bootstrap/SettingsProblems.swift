private import Glibc

/// Everything that is wrong with a program's settings, each with its key.
package struct SettingsProblems: Error, Sendable, Hashable, CustomStringConvertible {
  package struct Problem: Sendable, Hashable {
    /// Such as `ESTEIRA_AMQP_URL`.
    package let variable: String
    /// Without the value, which may be a secret.
    package let detail: String
  }

  /// At least one, in the order in which the settings are read.
  package let problems: [Problem]

  package init(_ problems: [Problem]) { self.problems = problems }

  package var description: String {
    problems.map { "\($0.variable) \($0.detail)" }.joined(separator: "\n")
  }

  /// Tells the operator what to mend, and ends the process with status 2.
  package func exit() -> Never {
    let text = "The settings cannot be used:\n\(description)\n"
    _ = Array(text.utf8).withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    Glibc.exit(2)
  }
}
