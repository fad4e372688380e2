import Foundation

/// The program's own source, for rules that a compiler cannot check.
struct SourceText {
  let name: String
  let text: String

  /// All Swift files below a folder.
  static func files(below folder: String) throws -> [SourceText] {
    var root = URL(filePath: #filePath).resolvingSymlinksInPath()
    for _ in 0..<3 { root.deleteLastPathComponent() }
    let all = FileManager.default.enumerator(
      at: root.appending(path: folder),
      includingPropertiesForKeys: nil
    )
    var files: [SourceText] = []
    while let url = all?.nextObject() as? URL {
      guard url.pathExtension == "swift" else { continue }
      let text = try String(contentsOf: url, encoding: .utf8)
      files.append(SourceText(name: url.lastPathComponent, text: text))
    }
    return files
  }

  /// Files, and the Swift files right in folders, by their path in the repository.
  static func files(in paths: [String]) throws -> [SourceText] {
    var root = URL(filePath: #filePath).resolvingSymlinksInPath()
    for _ in 0..<3 { root.deleteLastPathComponent() }
    return try paths.flatMap { path -> [SourceText] in
      let url = root.appending(path: path)
      let names =
        path.hasSuffix(".swift")
        ? [url]
        : try FileManager.default.contentsOfDirectory(at: url, includingPropertiesForKeys: nil)
      return try names.filter { $0.pathExtension == "swift" }
        .sorted { $0.path < $1.path }
        .map {
          SourceText(
            name: $0.lastPathComponent,
            text: try String(contentsOf: $0, encoding: .utf8)
          )
        }
    }
  }
}
