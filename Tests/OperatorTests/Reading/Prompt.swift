import Foundation
import Testing

/// The built command line as people use it: words in, text and a status out.
struct Prompt: Sendable {
  struct Answer: Sendable {
    let output: String
    let complaint: String
    let status: Int32
    let duration: Duration
  }

  /// What is set besides the path.
  var environment: [String: String] = [:]

  /// Types a line; a shell reads it, so that it may have pipes.
  func type(_ line: String) async throws -> Answer {
    let program = try #require(Self.program)
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["-c", "esteira() { '\(program.path())' \"$@\"; }; \(line)"]
    process.environment = environment.merging(["PATH": "/usr/bin:/bin"]) { own, _ in own }
    let (output, complaint) = (Pipe(), Pipe())
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = complaint
    let start = ContinuousClock.now
    try process.run()
    async let said = Self.text(of: output.fileHandleForReading)
    async let complained = Self.text(of: complaint.fileHandleForReading)
    let (out, err) = try await (said, complained)
    process.waitUntilExit()
    return Answer(
      output: out,
      complaint: err,
      status: process.terminationStatus,
      duration: .now - start
    )
  }

  /// On a thread of its own, since it waits for the other side's end.
  private static func text(of handle: FileHandle) async throws -> String {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(
          with: Result { String(decoding: try handle.readToEnd() ?? Data(), as: UTF8.self) }
        )
      }
    }
  }

  /// Beside the bundle of the tests.
  private static let program: URL? = {
    let beside = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
    let here = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    let bundles = CommandLine.arguments.filter { $0.hasSuffix(".xctest") }
      .map { URL(filePath: $0).deletingLastPathComponent() }
    return ([beside, here] + bundles).map { $0.appending(path: "esteira") }
      .first { FileManager.default.isExecutableFile(atPath: $0.path()) }
  }()
}
