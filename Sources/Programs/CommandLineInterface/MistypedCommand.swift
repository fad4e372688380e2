package import ArgumentParser
import SettingsDocument

/// A word where a command should stand, and is none.
package struct MistypedCommand: Sendable, Hashable {
  package let word: String
  /// The commands before it, such as `dead-letters`.
  package let path: [String]
  private let program: String
  package let known: [String]

  /// Nil when the words lead to a command, whatever follows it.
  package init?(in words: [String], of root: any ParsableCommand.Type) {
    program = root._commandName
    var command = root
    var path: [String] = []
    for word in words {
      let subcommands = command.configuration.subcommands
      // Options come after the command; help names one itself.
      guard !subcommands.isEmpty, !word.hasPrefix("-"), word != "help" else { return nil }
      guard let next = subcommands.first(where: { $0._commandName == word }) else {
        self.word = word
        self.path = path
        known = subcommands.map { $0._commandName }
        return
      }
      command = next
      path.append(word)
    }
    return nil
  }

  package var sentence: String {
    let group = ([program] + path).joined(separator: " ")
    let hint = NearestNames.hint(for: word, among: known, listing: "there are")
    return "\(group) has no command \(word)\(hint)\(hint.hasSuffix("?") ? "" : ".") "
      + "All of them: \(group) --help"
  }
}
