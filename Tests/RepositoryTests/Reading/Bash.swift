import Foundation
import Testing

/// Libraries of the scripts, run as they are.
struct Bash {
  /// Such as `deploy/lib/checks.bash`; sourced in this order.
  let libraries: [String]

  /// Runs a line of bash in a folder of its own, with these files in it.
  func run(_ line: String, files: [String: String] = [:]) throws -> (
    status: Int32, output: String
  ) {
    let manager = FileManager.default
    let folder = manager.temporaryDirectory.appending(path: "esteira-\(UUID().uuidString)")
    try manager.createDirectory(
      at: folder.appending(path: "deploy"),
      withIntermediateDirectories: true
    )
    defer { #expect(throws: Never.self) { try manager.removeItem(at: folder) } }
    for (name, text) in files {
      let file = folder.appending(path: name)
      try Data(text.utf8).write(to: file)
      try manager.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path())
    }
    let process = Process()
    let output = Pipe()
    let root = Repository().root
    let sources = libraries.map { "source '\(root.appending(path: $0).path())'; " }.joined()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["-c", "set -uo pipefail; \(sources)\(line)"]
    process.currentDirectoryURL = folder
    process.standardOutput = output
    try process.run()
    let text = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: text, as: UTF8.self))
  }
}
