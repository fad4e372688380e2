/// Where the repository lists its programs, each read from the text of its file.
enum Lists {
  /// The executable products of the manifest, in order.
  static func products(ofManifest text: String) -> [(product: String, target: String)] {
    text.matches(of: /\.executable\(\s*name: "([^"]+)",\s*targets: \["([^"]+)"\]\s*\)/).map {
      (String($0.1), String($0.2))
    }
  }

  /// The programs that the services of a compose file start, in order, each with its service.
  static func services(ofCompose text: String) -> [(service: String, program: String)] {
    var found: [(String, String)] = []
    var service: Substring?
    var isAmongServices = false
    for line in text.split(separator: "\n") {
      if !line.hasPrefix(" "), !line.hasPrefix("#") { isAmongServices = line == "services:" }
      guard isAmongServices else { continue }
      if let match = line.wholeMatch(of: /\ {2}([a-z-]+):/) { service = match.1 }
      if let match = line.wholeMatch(of: /\ {4}command: \[(esteira[a-z-]*)\]/), let service {
        found.append((String(service), String(match.1)))
      }
    }
    return found
  }

  /// The rows of the table under a heading of a Markdown page, without its head.
  static func table(under heading: String, of text: String) -> [[String]] {
    var isUnderHeading = false
    var rows: [[String]] = []
    for line in text.split(separator: "\n") {
      if line.hasPrefix("## ") { isUnderHeading = line == "## \(heading)" }
      guard isUnderHeading, line.hasPrefix("|") else { continue }
      let cells = line.dropFirst().dropLast(line.hasSuffix("|") ? 1 : 0).split(separator: "|")
      rows.append(cells.map { trimmed($0) })
    }
    // The head, and the line below it.
    return Array(rows.dropFirst(2))
  }

  /// The words of a shell array, `name=(one two)`.
  static func words(of name: String, inScript text: String) -> [String] {
    guard let begin = text.firstRange(of: "\n\(name)=(") else { return [] }
    let rest = text[begin.upperBound...]
    guard let end = rest.firstIndex(of: ")") else { return [] }
    return rest[..<end].split(whereSeparator: \.isWhitespace).map(String.init)
  }

  /// The products that each stage of the image builds, in order.
  static func products(ofDockerfile text: String) -> [[String]] {
    text.matches(of: /for product in ([^;]+);/).map { match in
      match.1.split { $0.isWhitespace || $0 == "\\" }.map(String.init)
    }
  }

  /// What keeps a list from being the expected one; empty when nothing does.
  static func complaints(_ place: String, has found: [String], needs expected: [String]) -> [String]
  {
    var complaints: [String] = []
    for name in expected where !found.contains(name) {
      complaints.append("\(place) misses \(name)")
    }
    for name in found where !expected.contains(name) {
      complaints.append("\(place) has \(name), which is no program")
    }
    if complaints.isEmpty, found != expected {
      complaints.append("\(place) has another order than Flow: \(found.joined(separator: ", "))")
    }
    return complaints
  }

  /// Without white space and back-ticks at its ends.
  static func trimmed(_ text: Substring) -> String {
    let isEdge = { (character: Character) in character.isWhitespace || character == "`" }
    var text = text.drop(while: isEdge)
    while let last = text.last, isEdge(last) { text.removeLast() }
    return String(text)
  }
}
