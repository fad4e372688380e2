import Foundation

/// The repository that this test was built from.
struct Repository {
  let root: URL

  init() {
    // Tests/RepositoryTests/Reading/Repository.swift
    var folder = URL(filePath: #filePath).resolvingSymlinksInPath()
    for _ in 0..<4 { folder.deleteLastPathComponent() }
    root = folder
  }

  func text(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: root.appending(path: path).path)
  }

  /// The names in a folder, sorted; none when there is no such folder.
  func names(in folder: String) -> [String] {
    let found = try? FileManager.default.contentsOfDirectory(
      atPath: root.appending(path: folder).path
    )
    return (found ?? []).filter { !$0.hasPrefix(".") }.sorted()
  }

  /// Paths of all files below some folders, relative to the root, sorted.
  func files(below folders: String..., ending suffix: String = "") -> [String] {
    folders.flatMap { below($0) }.filter { $0.hasSuffix(suffix) }.sorted()
  }

  func swiftFiles(below folders: String...) throws -> [SourceFile] {
    try folders.flatMap { below($0) }.filter { $0.hasSuffix(".swift") }.sorted().map {
      SourceFile(path: $0, text: try text($0))
    }
  }

  private func below(_ folder: String) -> [String] {
    names(in: folder).flatMap { name -> [String] in
      let path = "\(folder)/\(name)"
      var isFolder: ObjCBool = false
      let exists = FileManager.default.fileExists(
        atPath: root.appending(path: path).path,
        isDirectory: &isFolder
      )
      guard exists, isFolder.boolValue else { return [path] }
      return below(path)
    }
  }
}
