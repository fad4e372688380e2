import ArgumentParser
import Foundation

@testable import Operator

/// The command lines that a text tells people to type, such as `esteira explain ID`.
enum NamedCommands {
  /// What stands for a value that only the reader or the program knows.
  static let gap = "…"

  /// The words after `esteira`, one list a line that the text names.
  static func lines(inSwift text: String) -> [[String]] {
    // A literal that goes on in the next line, and a comment that does, are one text.
    let joined =
      text
      .replacing(/"\s*\n\s*\+ "/, with: "")
      .replacing(/\\\n\s*/, with: "")
      .replacing(/\n\s*\/\/\/? ?/, with: " ")
      .replacing("\\\"", with: "'")
      .replacing(/\ '[^'\n]*'/, with: " \(gap)")
    return lines(in: withoutInterpolations(joined).replacing("\"", with: "\n"))
  }

  static func lines(inProse text: String) -> [[String]] {
    let joined = text.replacing(/\\\n\s*/, with: "").replacing(/"[^"\n]*"/, with: gap)
    return lines(in: joined)
  }

  private static func lines(in text: String) -> [[String]] {
    text.matches(of: /(?:^|[\s`(“'])esteira ([a-z][^`\n,;()|<>→#\]”]*)/).compactMap { match in
      var words: [String] = []
      for word in match.1.split(separator: " ") {
        // A full stop or a colon ends the sentence, and with it the line.
        let end = word.last.map { ".:?!".contains($0) } ?? false
        words.append(String(end ? word.dropLast() : word))
        if end { break }
      }
      // A list of programs.
      return words.first.map { $0.hasPrefix("esteira") } == true ? nil : words
    }
  }

  private static func withoutInterpolations(_ text: String) -> String {
    var result = ""
    var rest = text[...]
    while let start = rest.firstRange(of: "\\(") {
      result += rest[..<start.lowerBound] + gap
      rest = rest[start.upperBound...]
      var depth = 1
      while depth > 0, let character = rest.popFirst() {
        if character == "(" { depth += 1 }
        if character == ")" { depth -= 1 }
      }
    }
    return result + rest
  }

  // MARK: Judging

  /// Why nobody can type it; nil when somebody can.
  ///
  /// A line may go over into prose, and a command may be named without its arguments; an option must be
  /// there, and be given as it is named.
  static func fault(of words: [String], in root: any ParsableCommand.Type = Esteira.self) -> String?
  {
    var command = root
    var rest = words[...]
    while let word = rest.first,
      let next = command.configuration.subcommands.first(where: { $0._commandName == word })
    {
      command = next
      rest = rest.dropFirst()
    }
    if command == root { return "there is no command \(words[0])" }
    if !command.configuration.subcommands.isEmpty, let word = rest.first {
      return "\(command._commandName) has no command \(word)"
    }
    guard !rest.isEmpty else { return nil }
    let path = words.prefix(words.count - rest.count)
    let needed = (rest.lastIndex { $0.hasPrefix("-") }).map { $0 - rest.startIndex + 1 } ?? 0
    guard needed > 0 else { return nil }
    return (needed...rest.count).reversed().contains { parses(path + rest.prefix($0)) }
      ? nil : "it does not parse: \(rest.joined(separator: " "))"
  }

  private static func parses(_ words: ArraySlice<String>) -> Bool {
    ["00000000-0000-0001-0000-000000000002", "acme", "5", "2h"].contains { value in
      let line = words.map { word in
        word.replacing(gap, with: value).replacing(/^[A-Z]+$/, with: value)
      }
      return (try? Esteira.parseAsRoot(line)) != nil
    }
  }
}

/// Every command that does something, with its path.
func leaves(of command: any ParsableCommand.Type, _ path: [String] = []) -> [(
  path: String, type: any ParsableCommand.Type
)] {
  let subcommands = command.configuration.subcommands
  guard !subcommands.isEmpty else { return [(path.joined(separator: " "), command)] }
  return subcommands.flatMap { leaves(of: $0, path + [$0._commandName]) }
}
