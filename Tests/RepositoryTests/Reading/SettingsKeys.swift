/// The programs' settings, as they stand in code, in doc comments and in files of variables.
enum SettingsKeys {
  struct Documented: Hashable {
    let variable: String
    let `default`: String
  }

  /// The rows of doc comments' tables, `/// | `ESTEIRA_X` | what | default |`, and comments of the form
  /// ``/// `ESTEIRA_X`, what; default when unset``.
  static func documented(in text: String) -> [Documented] {
    let rows = text.matches(of: /\/\/\/ \| `(ESTEIRA_[A-Z_]+)` \|[^\n]*\| ([^|\n]*) \|\n/).map {
      Documented(variable: String($0.1), default: Lists.trimmed($0.2))
    }
    let sentences = text.matches(of: /\/\/\/ `(ESTEIRA_[A-Z_]+)`, [^\n]*; ([^;\n]*) when unset/).map
    {
      Documented(variable: String($0.1), default: $0.2 == "none" ? "–" : Lists.trimmed($0.2))
    }
    return rows + sentences
  }

  /// The variables that code asks for.
  static func read(in text: String) -> Set<String> {
    let keys =
      text.matches(of: /reader\.[A-Za-z]+\(\s*"([a-z.]+)"/).map(\.1)
      + text.matches(of: /let key = "([a-z.]+)"/).map(\.1)
    let variables = keys.map { key in
      "ESTEIRA_" + key.uppercased().split(separator: ".").joined(separator: "_")
    }
    let direct = text.matches(of: /environment\.get\("(ESTEIRA_[A-Z_]+)"\)/).map { String($0.1) }
    return Set(variables + direct)
  }

  /// The names of `NAME=value` lines, also of those that are commented out.
  static func names(inVariables text: String) -> Set<String> {
    Set(text.matches(of: /(?m)^(?:# )?([A-Z][A-Z_]*)=/).map { String($0.1) })
  }

  /// The names that a script or a compose file hands to programs.
  static func given(in text: String) -> Set<String> {
    Set(
      text.matches(of: /(?m)^(?:export |\s+)(ESTEIRA_[A-Z_]+)(?:=|: )/).map { String($0.1) }
    )
  }
}
