/// What a page tells people to type and to open.
enum PageReading {
  /// The first words after `esteira` in code, such as `explain`.
  static func subcommands(in text: String) -> Set<String> {
    Set(code(of: text).matches(of: /(?:^|[\s`])esteira ([a-z][a-z-]*)/).map { String($0.1) })
  }

  /// Paths of the repository: in code those below its folders, and the targets of links, which start at
  /// the folder of the page.
  static func paths(in text: String, of folder: String = "") -> Set<String> {
    let named = code(of: text).matches(of: /(?:deploy|Sources|Tests)\/[A-Za-z\/.+-]*[A-Za-z]/)
    let linked = text.matches(of: /\]\(([^):#]+)[^):]*\)/).map { path(String($0.1), from: folder) }
    return Set(named.map { String($0.0) } + linked)
  }

  private static func path(_ link: String, from folder: String) -> String {
    var parts = folder.split(separator: "/")
    for part in link.split(separator: "/") {
      if part == ".." { parts = parts.dropLast() } else { parts.append(part) }
    }
    return parts.joined(separator: "/")
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
