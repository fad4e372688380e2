/// What the README tells people to type and to open.
enum ReadmeReading {
  /// The first words after `esteira` in code, such as `explain`.
  static func subcommands(in text: String) -> Set<String> {
    Set(code(of: text).matches(of: /(?:^|[\s`])esteira ([a-z][a-z-]*)/).map { String($0.1) })
  }

  /// Paths of the repository: in code those below its folders, and the targets of links.
  static func paths(in text: String) -> Set<String> {
    let named = code(of: text).matches(of: /(?:deploy|Sources|Tests)\/[A-Za-z\/.+-]*[A-Za-z]/)
    let linked = text.matches(of: /\]\(([^):]+)\)/).map { String($0.1) }
    return Set(named.map { String($0.0) } + linked)
  }

  /// What stands between back-ticks and in fenced blocks, without the shell's comments.
  private static func code(of text: String) -> String {
    var isFenced = false
    var code: [String] = []
    for line in text.split(separator: "\n") {
      if line.drop(while: { $0 == " " }).hasPrefix("```") {
        isFenced.toggle()
      } else if isFenced {
        code.append(
          line.firstRange(of: " #").map { String(line[..<$0.lowerBound]) } ?? String(line)
        )
      } else {
        code += line.matches(of: /`([^`]+)`/).map { String($0.1) }
      }
    }
    return code.joined(separator: "\n")
  }
}

/// The subcommands of the operator's program, read from its sources.
enum Subcommands {
  /// A command without a name of its own is named for its type.
  static func names(in text: String) -> Set<String> {
    let named = text.matches(of: /commandName: "([a-z-]+)"/).map { String($0.1) }
    let types = text.matches(of: /struct (\w+): AsyncParsableCommand/).map { $0.1.lowercased() }
    return Set(named + types)
  }
}
