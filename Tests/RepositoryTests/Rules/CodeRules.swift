/// Rules that look at more than a line.
enum CodeRules {
  static let drawers = ["Manager", "Helper", "Util", "Common", "Shared"]

  /// A file named for a drawer, such as `RetryHelpers.swift`.
  static func isDrawer(fileName: Substring) -> Bool {
    drawers.contains { fileName.contains($0) }
  }

  /// The lines of `catch` blocks in which nothing happens, not even a word why.
  static func emptyCatches(in file: SourceFile) -> [Int] {
    file.code.indices.compactMap { index -> Int? in
      guard let match = file.code[index].firstMatch(of: /\bcatch\b[^{]*\{(.*)$/) else { return nil }
      if match.1.contains(where: { !$0.isWhitespace && $0 != "}" }) { return nil }
      if match.1.contains("}") { return index + 1 }
      let next = file.code[(index + 1)...].first { $0.contains { !$0.isWhitespace } }
      return next?.drop(while: \.isWhitespace).hasPrefix("}") == true ? index + 1 : nil
    }
  }

  /// The modules that a file imports.
  static func imports(of file: SourceFile) -> [String] {
    file.code.compactMap { line in
      line.firstMatch(of: /^\s*(?:@\w+ )*(?:\w+ )?import (?:(?:struct|enum|func|class) )?(\w+)/)
        .map { String($0.1) }
    }
  }

  /// The names of top-level types that other modules see and that no comment explains.
  static func unexplainedTypes(in file: SourceFile) -> [String] {
    var isExplained = false
    var names: [String] = []
    for line in file.lines {
      let type = line.firstMatch(
        of: /^(?:package|public) (?:final |indirect )*(?:struct|class|enum|actor|protocol) (\w+)/
      )
      if let type, !isExplained { names.append(String(type.1)) }
      if !line.hasPrefix("@") { isExplained = line.hasPrefix("///") }
    }
    return names
  }

  /// What is wrong with the numbers of migration files `m0001_name.sql`, from 1 without gaps.
  static func complaints(ofMigrations names: [String]) -> [String] {
    var complaints: [String] = []
    for (index, name) in names.sorted().enumerated() {
      let number = name.wholeMatch(of: /m(\d{4})_[a-z_]+\.sql/).flatMap { Int($0.1) }
      switch number {
      case nil: complaints.append("\(name) is not of the form m0001_name.sql")
      case index + 1: break
      default: complaints.append("\(name) should have the number \(index + 1)")
      }
    }
    return complaints
  }
}
