/// A Swift file as it stands, and its code alone.
struct SourceFile {
  /// Relative to the repository.
  let path: String
  let lines: [Substring]
  /// The lines without comments and without what stands in string literals, so that a word in prose is
  /// no call.
  let code: [String]

  init(path: String, text: String) {
    self.path = path
    lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    code = Self.code(of: lines)
  }

  var name: Substring { path.split(separator: "/").last ?? "" }

  /// Simple on purpose: raw strings and nested block comments, which the sources hardly have, would at
  /// worst hide code from a rule.
  private static func code(of lines: [Substring]) -> [String] {
    var isInText = false
    return lines.map { line in
      var code = ""
      var rest = line
      var isInString = false
      while let character = rest.first {
        if rest.hasPrefix("\"\"\"") {
          isInText.toggle()
          rest = rest.dropFirst(3)
          continue
        }
        rest = rest.dropFirst()
        if isInText { continue }
        if isInString {
          if character == "\\" { rest = rest.dropFirst() }
          if character == "\"" { isInString = false }
        } else if character == "\"" {
          isInString = true
        } else if character == "/", rest.first == "/" {
          break
        } else {
          code.append(character)
        }
      }
      return code
    }
  }
}
